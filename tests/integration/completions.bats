# completions.bats - what Tab offers in zsh and fish, asked of these
# shellcheck disable=SC2154 # variables of the helper

load helper

setup() {
	need zsh fish script
	cat >"$TMP/as.conf" <<-END
	[app shop]
	[app blog]
	END
	touch "$TMP/file"
	mkdir "$TMP/dir"
}

# fish_offers WANT LINE: behind LINE
fish_offers() {
	same "$(cd "$TMP" && fish --no-config -c "source $B/completions/fish/${2%% *}.fish
	    complete -C '$2'" | cut -f1 | sort | paste -sd ' ')" "$1"
}

@test "zsh and fish can read each tool's completions" {
	local file
	for file in "$B"/completions/*/_as-* "$B"/completions/*/as-*.fish; do
		case $file in
		*.fish) expect 0 fish -n "$file" ;;
		*) expect 0 zsh -n "$file" ;;
		esac
		same "$err" ""
	done
}

@test "fish: options, keys, apps and files are offered" {
	fish_offers "$(as-decide -h | sed -n 's/^  \(-.\), \(--[a-z-]*\) .*/\1\n\2/p' |
	    sort | paste -sd ' ')" "as-decide -"
	fish_offers "max= max_age= max_gap=" "as-decide -o max"
	fish_offers "blog shop" "as-fetch -c as.conf -a "
	fish_offers "blog" "as-fetch -c as.conf b"
	fish_offers "blog shop" "as-fetch --config as.conf --app "
	fish_offers "--app=blog" "as-fetch --config=as.conf --app=b"
	fish_offers "as.conf" "as-apply -c a"
	fish_offers "dir/" "as-loop -d d"
	fish_offers "" "as-decide -t "
	has "$(fish --no-config -c "source $B/completions/fish/as-decide.fish
	    complete -C 'as-decide -'")" $'-M\tat most so many replicas (100)'
}

@test "zsh: options, keys, apps and files are completed at a terminal" {
	{
		echo "PS1= PATH=$PATH; cd $TMP; fpath=($B/completions/zsh \$fpath)"
		echo 'autoload -U compinit; compinit -D; unsetopt beep'
		echo 'as-fetch() { echo "<$*>" >>got }'
		printf '%s\n' $'as-fetch -c as.c\t-a bl\t-o token_f\tfi\t-e 1 sh\t' \
		    $'as-fetch --conf\tas.c\t--app=bl\t'
		echo exit
	} >"$TMP/typed"
	cd "$TMP"
	TERM=dumb timeout 30 script -qec 'zsh -f -i' shown <typed >shown.too
	same "$(cat got)" "<-c as.conf -a blog -o token_file=file -e 1 shop>
<--config=as.conf --app=blog>"
}
