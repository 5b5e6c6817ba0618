
# hints.sh - says what to do about each word that as-fetch(1) or as-apply(1) gives
# as a reason.  URL and FILTER in a hint stand for the key that has them.

hints='
BEGIN {
	hint["auth"] = "other credentials are needed: see token_file"
	hint["busy"] = "the server is busy: run as-check again later"
	hint["command"] = "URL failed: see below"
	hint["dns"] = "no such host: mend URL"
	hint["empty"] = "the reply is empty: is URL right?"
	hint["filter"] = "FILTER fails on this reply: see below"
	hint["http"] = "is URL right?"
	hint["http-5"] = "the server failed: run as-check again"
	hint["missing"] = "this app is not in the reply: see FILTER"
	hint["not-json"] = "is URL right?"
	hint["protocol"] = "no HTTP there: is the port right in URL?"
	hint["range"] = "a number in the reply is wrong: see FILTER"
	hint["redirect"] = "the server is elsewhere: mend URL"
	hint["refused"] = "start the server, or mend URL"
	hint["reset"] = hint["truncated"] = "the reply broke off: run as-check again"
	hint["timeout"] = "a slow server, or a wrong URL?"
	hint["tls"] = "the certificate is not trusted: see ca_file"
	hint["too-big"] = "the reply is too long: see reply_max"
	hint["type"] = "the reply has another shape: mend FILTER"

	refusal["brake"] = "more than half of the apps want less at once"
	refusal["conflict"] = "another count right before the PUT: see below"
	refusal["future"] = "the sample is of the future: are the clocks right?"
	refusal["limit"] = "the count is outside of min and max"
	refusal["other-app"] = "see below"
	refusal["paused"] = "remove the pause_file to let it order"
	refusal["stale"] = "the sample is old: are the clocks right?"
}

function place(app, key, text) {	# gives "status_url (as.conf:3)"
	return key text ((app, key) in at ? " (" at[app, key] ")" : "")
}

function explain(app, word, url, filter,	text) {
	text = word ~ /^http-5/ ? hint["http-5"] : word ~ /^http-/ ? hint["http"] : \
	    word in hint ? hint[word] : "see below"
	sub(/URL/, place(app, url), text)
	sub(/FILTER/, place(app, filter), text)
	return word ": " text
}
'
