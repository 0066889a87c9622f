package optimization

// The optimizations that are no rules of planner/rules, which have their names in their files.
const (
	KeepPlans           Name = "KeepPlans"
	PrepareLookUps      Name = "PrepareLookUps"
	GatherLookUps       Name = "GatherLookUps"
	ReadFewPrepared     Name = "ReadFewPrepared"
	StreamThrough       Name = "StreamThrough"
	ReadAhead           Name = "ReadAhead"
	AskConstantsAtOnce  Name = "AskConstantsAtOnce"
	TellPairs           Name = "TellPairs"
	TellFilter          Name = "TellFilter"
	TellEnds            Name = "TellEnds"
	AskTopFirst         Name = "AskTopFirst"
	LeaveRowsApart      Name = "LeaveRowsApart"
	MergeFewByHand      Name = "MergeFewByHand"
	MergeFewInOneThread Name = "MergeFewInOneThread"
	DividePartitions    Name = "DividePartitions"
	DivideKeys          Name = "DivideKeys"
	ReadFilesFromMemory Name = "ReadFilesFromMemory"
	TellBits            Name = "TellBits"
)

// Those rules whose notes the executor and the connectors follow.
const (
	ReduceAcrossSources Name = "ReduceAcrossSources"
	DivideScan          Name = "DivideScan"
	DivideGroups        Name = "DivideGroups"
	AskKeysFirst        Name = "AskKeysFirst"
	MapKeysToGroups     Name = "MapKeysToGroups"
	WidenToShare        Name = "WidenToShare"
)

// Table has every optimization, in the order of a statement's way.
var Table = []Optimization{
	{KeepPlans, "gateway/keep.go", "a statement that is sent again runs by the plan it had, with other parameters or numbers too"},

	{"InlineCTE", "planner/rules/inline_cte.go", "a WITH query that is read once stands where it is read"},
	{"FoldDateArithmetic", "planner/rules/fold_date_arithmetic.go", "constant dates plus or minus constant intervals are computed before"},
	{"MergeFilters", "planner/rules/merge_filters.go", "two filters are one, AND is a list of conditions"},
	{"RemoveTrueFilter", "planner/rules/remove_true_filter.go", "conditions that are TRUE go"},
	{"FactorDisjunction", "planner/rules/factor_disjunction.go", "what all arms of an OR demand stands beside it"},
	{"InferFromDisjunction", "planner/rules/infer_from_disjunction.go", "what an OR over several tables demands of one is asked of that one"},
	{"InferFromEquality", "planner/rules/infer_from_equality.go", "what is asked of a column is asked of those that equal it"},
	{"PushFilterThroughProject", "planner/rules/push_filter_through_project.go", "conditions are asked before expressions are computed"},
	{"PushFilterThroughGoverned", "planner/rules/push_filter_through_governed.go", "conditions that can neither fail nor tell pass the barrier of policies"},
	{"PushFilterThroughJoin", "planner/rules/push_filter_through_join.go", "conditions on one side of a join are asked below it"},
	{"PushFilterIntoJoin", "planner/rules/push_filter_into_join.go", "conditions on both sides of an inner join become its own"},
	{"PushJoinConditionDown", "planner/rules/push_join_condition_down.go", "join conditions on one side are asked below it"},
	{"PushFilterThroughAggregate", "planner/rules/push_filter_through_aggregate.go", "conditions on what is grouped by are asked before grouping"},
	{"PushFilterThroughSetOperation", "planner/rules/push_filter_through_set_operation.go", "conditions are asked of each input of UNION, INTERSECT, EXCEPT"},
	{"PushFilterThroughSort", "planner/rules/push_filter_through_sort.go", "only what is kept is sorted"},
	{"PushFilterThroughDeduplicate", "planner/rules/push_filter_through_deduplicate.go", "only what is kept is compared for DISTINCT"},
	{"PushFilterThroughWindow", "planner/rules/push_filter_through_window.go", "whole partitions go before windows are computed"},
	{"PullProjectThroughLimit", "planner/rules/pull_project_through_limit.go", "what can fail is computed of the rows that LIMIT leaves"},
	{"SinkWith", "planner/rules/sink_with.go", "a WITH query stands above the smallest part that reads it"},
	{"PullSubqueryThroughJoin", "planner/rules/pull_subquery_through_join.go", "what looks into another source does not keep two tables of one source apart"},
	{"GroupJoinsBySource", "planner/rules/group_joins_by_source.go", "tables of one source are joined with each other first"},
	{"PruneColumns", "planner/rules/prune_columns.go", "columns that nobody reads are not read"},
	{"RemoveUnusedJoin", "planner/rules/remove_unused_join.go", "left joins by a key, of which nothing is read, go"},
	{"PushGovernedIntoRemote", "planner/rules/push_governed_into_remote.go", "sources apply policies themselves"},
	{"PushFilterIntoRemote", "planner/rules/push_filter_into_remote.go", "sources ask conditions themselves; of Parquet, files and row groups without such values are not read"},
	{"SplitFilterAtRemote", "planner/rules/split_filter_at_remote.go", "sources ask those conditions that they can"},
	{"PushProjectIntoRemote", "planner/rules/push_project_into_remote.go", "sources compute expressions"},
	{"PushJoinIntoRemote", "planner/rules/push_join_into_remote.go", "sources join their own tables"},
	{"PushAggregateIntoRemote", "planner/rules/push_aggregate_into_remote.go", "sources group their own rows"},
	{"SplitAggregate", "planner/rules/split_aggregate.go", "sources group their rows in part, before these are joined with others'"},
	{"PushWindowIntoRemote", "planner/rules/push_window_into_remote.go", "sources compute window functions"},
	{"PushDeduplicateIntoRemote", "planner/rules/push_deduplicate_into_remote.go", "sources do DISTINCT"},
	{"PushSetOperationIntoRemote", "planner/rules/push_set_operation_into_remote.go", "sources do UNION, INTERSECT, EXCEPT"},
	{"PushTopIntoRemote", "planner/rules/push_top_into_remote.go", "sources send the first rows in order"},
	{"PushTopThroughJoin", "planner/rules/push_top_through_join.go", "the first rows in order are taken before joins that keep them, or noted for AskTopFirst"},
	{"PushTopThroughWindow", "planner/rules/push_top_through_window.go", "the first rows in order are taken before windows that are partitioned by its first columns, or noted for AskTopFirst"},
	{"PushLimitIntoRemote", "planner/rules/push_limit_into_remote.go", "sources stop where any rows will do"},
	{"PushResultIntoRemote", "planner/rules/push_result_into_remote.go", "a source takes the whole statement, with its order"},
	{"TurnSubqueryIntoJoin", "planner/rules/turn_subquery_into_join.go", "EXISTS, IN and NOT EXISTS over another source are semi- and anti-joins"},
	{"NarrowRemote", "planner/rules/narrow_remote.go", "sources send the columns that are read of their answer"},
	{"DeduplicateMembers", "planner/rules/deduplicate_members.go", "where nobody asks how often a row stands, it is sent once"},
	{ReduceAcrossSources, "planner/rules/reduce_across_sources.go", "sources are asked for the rows whose keys others have"},
	{WidenToShare, "planner/rules/widen_to_share.go", "what a source would group of some of the rows that it sends anyway is grouped here"},
	{"ShareRemotes", "planner/rules/share_remotes.go", "what is asked of a source twice is read once"},
	{DivideScan, "planner/rules/divide_scan.go", "large tables of PostgreSQL are read by ranges of their blocks"},
	{DivideGroups, "planner/rules/divide_groups.go", "groups of large tables of PostgreSQL are read by ranges of their key"},
	{AskKeysFirst, "planner/rules/ask_keys_first.go", "keys that a subquery groups are asked for by ranges, before the rows with them"},
	{MapKeysToGroups, "planner/rules/map_keys_to_groups.go", "PostgreSQL adds up by the groups of another store's rows that keys lead to, not by the keys"},

	{DividePartitions, "connectors/postgres/divide.go", "a range of blocks is that of all partitions of a table of PostgreSQL"},
	{DivideKeys, "connectors/mysql/split.go", "large tables of MySQL are read by ranges of their key, where their owner allows it"},
	{ReadFilesFromMemory, "connectors/duckdb/memory.go", "files that are read often are read from copies in memory"},
	{PrepareLookUps, "connectors/postgres/look_up.go", "reads by a whole key of PostgreSQL are prepared statements"},
	{GatherLookUps, "connectors/postgres/look_up_gathering.go", "look-ups of many sessions by one statement are sent and answered together"},
	{ReadFewPrepared, "connectors/postgres/few.go", "reads of PostgreSQL that are expected to give few rows are prepared statements"},

	{StreamThrough, "executor/executor.go", "what one source answers whole goes to the client without the engine"},
	{ReadAhead, "executor/prefetch.go", "sources send a few batches before these are taken, not one"},
	{AskConstantsAtOnce, "executor/fixed.go", "who is asked for few rows by a constant key does not wait for others' keys"},
	{TellPairs, "executor/pairs.go", "PostgreSQL is told keys of several columns as pairs"},
	{TellFilter, "executor/key_filter.go", "PostgreSQL is told more whole numbers than can be listed in a Bloom filter"},
	{TellBits, "connectors/mysql/sql_key_bits.go", "MySQL is told many whole numbers that lie close together as bits, where it reads one table"},
	{TellEnds, "executor/span.go", "sources are told the least and the greatest of more keys than can be listed"},
	{AskTopFirst, "executor/climb.go", "of ORDER BY with LIMIT over joins a few first rows are asked for, then more"},
	{LeaveRowsApart, "executor/partial.go", "rows are not grouped in part where their source's statistics say that this saves little"},
	{MergeFewByHand, "executor/small/small.go", "few rows are joined, sorted and cut without the engine"},
	{MergeFewInOneThread, "executor/few.go", "few rows are merged in one thread of the engine"},
}
