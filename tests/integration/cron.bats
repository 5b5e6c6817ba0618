# cron: the real daemon runs the example's crontab line, minute after minute
# P3 a quiet success: no output, so no mail

load helper

setup() {
	[ -n "${LONG-}" ] || skip 'takes two minutes; LONG=1 runs it'
	[ "$(id -u)" -eq 0 ] || skip 'only root can run a cron daemon'
	need cron crontab unshare
}

teardown() {
	stop_app
	[ -z "${cron-}" ] || end_contained "$cron"
}

# The example's line for this machine, behind a shell that keeps what cron would
# mail, and a line that does say something.
crontab_lines() {
	cat >"$TMP/shell" <<-END
		#!/bin/sh
		exec /bin/sh "\$@" >>"$TMP/mail" 2>&1
	END
	chmod 755 "$TMP/shell"
	echo "SHELL=$TMP/shell"
	echo '* * * * *  echo tick'
	grep '^\* .*as-loop -1 ' "$BATS_TEST_DIRNAME/../../examples/cron/crontab" |
	    sed "s|/usr/local/bin|$B|; s|/var/lib/as/web|$TMP/web|
	    s|STATUS_URL|$status_url|; s|REPLICAS_URL|$replicas_url|"
}

# With crontabs and a pid file of its own
start_cron() {
	crontab_lines >"$TMP/crontab"
	: >"$TMP/empty"
	contained sh -c "
		mount -t tmpfs tmpfs /run && mount -t tmpfs tmpfs /etc/cron.d &&
		mount -t tmpfs -o mode=1730,gid=crontab tmpfs \
		    /var/spool/cron/crontabs &&
		mount --bind $TMP/empty /etc/crontab &&
		crontab $TMP/crontab && exec cron -f" \
	    >"$TMP/cron.log" 2>&1 3>&- &
	cron=$!
}

has_ticks() {	# COUNT
	[ -e "$TMP/web/autoscaler.log" ] &&
	    [ "$(wc -l <"$TMP/web/autoscaler.log")" -ge "$1" ]
}

# tick N: waits until it is done and shows it
tick() {
	within 75 has_ticks "$1" || { cat "$TMP/cron.log" "$TMP/mail"; return 1; }
	report "cron: $(tail -n 1 "$TMP/web/autoscaler.log")"
}

@test "cron: the example's line scales the application each minute and mails nothing" {
	start_app --replicas 5 --at 12:00
	start_cron
	tick 1
	tick 2
	same "$(grep -vc '^#' "$TMP/web/samples.log")" 2
	same "$(as-decide -t 0.75 -m 2 -M 40 "$TMP/web/samples.log")" \
	    "$(<"$TMP/web/decisions.log")"
	has "$(sed -n '/^#/!p' "$TMP/web/decisions.log")" ' app 7 from=5 why=target*
* from=7 '
	has "$(sed -n 1p "$TMP/web/autoscaler.log")" ' INFO as-apply: app: 7 from=5 applied=ok'
	same "$(sort -u "$TMP/mail")" tick
}
