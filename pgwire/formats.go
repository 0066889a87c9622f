package pgwire

import (
	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/sluicemesh/sluice/sqlstate"
)

// Format codes of parameters and results.
const (
	textFormat   int16 = 0
	binaryFormat int16 = 1
)

// bindParameters pairs the values of a Bind message with their formats: none
// given means text, one is for all.
func bindParameters(m *pgproto3.Bind) ([]Parameter, error) {
	codes := m.ParameterFormatCodes
	if len(codes) > 1 && len(codes) != len(m.Parameters) {
		return nil, sqlstate.New(sqlstate.ProtocolViolation,
			"bind message has %d parameter formats but %d parameters", len(codes), len(m.Parameters))
	}
	if err := checkFormats(codes); err != nil {
		return nil, err
	}
	parameters := make([]Parameter, len(m.Parameters))
	for i, value := range m.Parameters {
		parameters[i] = Parameter{Format: formatOf(codes, i), Value: value}
	}
	return parameters, nil
}

// resultFormats checks the result formats of a Bind message.
func resultFormats(codes []int16, columns int) ([]int16, error) {
	if len(codes) > 1 && len(codes) != columns {
		return nil, sqlstate.New(sqlstate.ProtocolViolation,
			"bind message has %d result formats but query has %d columns", len(codes), columns)
	}
	return codes, checkFormats(codes)
}

func checkFormats(codes []int16) error {
	for _, code := range codes {
		if code != textFormat && code != binaryFormat {
			return sqlstate.New(sqlstate.InvalidParameterValue, "unsupported format code: %d", code)
		}
	}
	return nil
}

// formatOf gives the format of the i-th value.
func formatOf(codes []int16, i int) int16 {
	switch len(codes) {
	case 0:
		return textFormat
	case 1:
		return codes[0]
	}
	return codes[i]
}

// rowDescription describes result columns in the formats they will have.
func rowDescription(columns []Column, formats []int16) *pgproto3.RowDescription {
	fields := make([]pgproto3.FieldDescription, len(columns))
	for i, column := range columns {
		fields[i] = pgproto3.FieldDescription{
			Name:                 []byte(field(column.Name)),
			TableOID:             column.TableOID,
			TableAttributeNumber: uint16(column.Attribute),
			DataTypeOID:          column.TypeOID,
			DataTypeSize:         column.TypeSize,
			TypeModifier:         column.TypeMod,
			Format:               formatOf(formats, i),
		}
	}
	return &pgproto3.RowDescription{Fields: fields}
}
