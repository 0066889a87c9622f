package sqlstate

// Code is a five-character SQLSTATE (PostgreSQL manual, appendix "PostgreSQL Error Codes").
type Code string

// The codes Sluice sends.
const (
	SuccessfulCompletion            Code = "00000"
	Warning                         Code = "01000"
	ConnectionException             Code = "08000"
	UnableToConnect                 Code = "08001"
	ConnectionFailure               Code = "08006"
	ProtocolViolation               Code = "08P01"
	FeatureNotSupported             Code = "0A000"
	CardinalityViolation            Code = "21000"
	StringDataRightTruncation       Code = "22001"
	NumericValueOutOfRange          Code = "22003"
	NullValueNotAllowed             Code = "22004"
	InvalidDatetimeFormat           Code = "22007"
	DatetimeFieldOverflow           Code = "22008"
	InvalidTimeZoneDisplacement     Code = "22009"
	SubstringError                  Code = "22011"
	StringDataLengthMismatch        Code = "22026"
	DivisionByZero                  Code = "22012"
	InvalidPrecedingOrFollowingSize Code = "22013"
	InvalidArgumentForNtile         Code = "22014"
	IntervalFieldOverflow           Code = "22015"
	InvalidArgumentForLog           Code = "2201E"
	InvalidArgumentForPower         Code = "2201F"
	InvalidArgumentForWidthBucket   Code = "2201G"
	InvalidRegularExpression        Code = "2201B"
	InvalidRowCountInLimit          Code = "2201W"
	InvalidRowCountInOffset         Code = "2201X"
	InvalidEscapeCharacter          Code = "22019"
	InvalidParameterValue           Code = "22023"
	InvalidEscapeSequence           Code = "22025"
	CharacterNotInRepertoire        Code = "22021"
	ArraySubscriptError             Code = "2202E"
	BadCopyFileFormat               Code = "22P04"
	UntranslatableCharacter         Code = "22P05"
	InvalidTextRepresentation       Code = "22P02"
	InvalidBinaryRepresentation     Code = "22P03"
	NotNullViolation                Code = "23502"
	ActiveSQLTransaction            Code = "25001"
	ReadOnlySQLTransaction          Code = "25006"
	NoActiveSQLTransaction          Code = "25P01"
	InFailedSQLTransaction          Code = "25P02"
	IdleInTransactionSessionTimeout Code = "25P03"
	TransactionTimeout              Code = "25P04"
	InvalidSQLStatementName         Code = "26000"
	InvalidAuthorization            Code = "28000"
	InvalidPassword                 Code = "28P01"
	DependentObjectsStillExist      Code = "2BP01"
	InvalidCursorName               Code = "34000"
	InvalidSavepoint                Code = "3B001"
	InvalidCatalogName              Code = "3D000"
	InvalidSchemaName               Code = "3F000"
	InsufficientPrivilege           Code = "42501"
	SyntaxError                     Code = "42601"
	InvalidName                     Code = "42602"
	InvalidColumnDefinition         Code = "42611"
	NameTooLong                     Code = "42622"
	SequenceLimitExceeded           Code = "2200H"
	UniqueViolation                 Code = "23505"
	CheckViolation                  Code = "23514"
	GeneratedAlways                 Code = "428C9"
	DuplicateColumn                 Code = "42701"
	AmbiguousColumn                 Code = "42702"
	UndefinedColumn                 Code = "42703"
	UndefinedObject                 Code = "42704"
	DuplicateObject                 Code = "42710"
	DuplicateAlias                  Code = "42712"
	AmbiguousFunction               Code = "42725"
	GroupingError                   Code = "42803"
	DatatypeMismatch                Code = "42804"
	WrongObjectType                 Code = "42809"
	InvalidForeignKey               Code = "42830"
	CannotCoerce                    Code = "42846"
	UndefinedFunction               Code = "42883"
	WindowingError                  Code = "42P20"
	UndefinedTable                  Code = "42P01"
	UndefinedParameter              Code = "42P02"
	DuplicateCursor                 Code = "42P03"
	DuplicatePreparedStatement      Code = "42P05"
	DuplicateTable                  Code = "42P07"
	AmbiguousParameter              Code = "42P08"
	InvalidColumnReference          Code = "42P10"
	InvalidObjectDefinition         Code = "42P17"
	InvalidCursorDefinition         Code = "42P11"
	InvalidTableDefinition          Code = "42P16"
	InvalidRecursion                Code = "42P19"
	IndeterminateDatatype           Code = "42P18"
	CollationMismatch               Code = "42P21"
	IndeterminateCollation          Code = "42P22"
	InsufficientResources           Code = "53000"
	DiskFull                        Code = "53100"
	OutOfMemory                     Code = "53200"
	TooManyConnections              Code = "53300"
	ConfigurationLimitExceeded      Code = "53400"
	ProgramLimitExceeded            Code = "54000"
	StatementTooComplex             Code = "54001"
	TooManyColumns                  Code = "54011"
	ObjectNotInPrerequisiteState    Code = "55000"
	CantChangeRuntimeParam          Code = "55P02"
	OperatorIntervention            Code = "57000"
	QueryCanceled                   Code = "57014"
	AdminShutdown                   Code = "57P01"
	CannotConnectNow                Code = "57P03"
	IdleSessionTimeout              Code = "57P05"
	SystemError                     Code = "58000"
	IOError                         Code = "58030"
	ConfigFileError                 Code = "F0000"
	InternalError                   Code = "XX000"
	DataCorrupted                   Code = "XX001"
)

// owner gives the usual owner of a code, by its class.
func (c Code) owner() Owner {
	if len(c) != 5 {
		return OwnerGateway
	}
	switch c[:2] {
	case "08", "58":
		return OwnerDomain
	case "53", "54", "57":
		return OwnerLimits
	case "XX":
		return OwnerGateway
	}
	if c == InsufficientPrivilege {
		return OwnerPolicy
	}
	return OwnerUser
}
