package functions

// sluice.hash is behind hash masks: only the local engine has it, with a key that no
// plan and no source ever sees (auth.Hasher).
var governance = []Row{
	local("sluice.hash(text,text)", "sluice_hash_text($1, $2)", total),
	local("sluice.hash(text,int4)", "sluice_hash_int4($1, $2)", total),
	local("sluice.hash(text,int8)", "sluice_hash_int8($1, $2)", total),
	local("sluice.hash(text,uuid)", "sluice_hash_uuid($1, $2)", total),
}
