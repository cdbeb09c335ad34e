# Completion of parley for bash: verbs, the options that `parley VERB --help` lists, and files.

_parley_files() {
    compopt -o filenames 2> /dev/null
    mapfile -t COMPREPLY < <(compgen -f -- "$1")
}

# Behind an @, which bash would take for a character to be quoted.
_parley_at_files() {
    local path
    while IFS= read -r path; do
        [[ -d $path ]] && path+=/ && compopt -o nospace 2> /dev/null
        COMPREPLY+=("@$(printf %q "$path")")
    done < <(compgen -f -- "$1")
}

# Bash breaks words at colons, so that only what is behind the last one is completed.
_parley() {
    local program=$1 current=$2 before=${COMP_LINE:0:COMP_POINT} word previous words
    word=${before##*[[:space:]]}
    previous=${COMP_WORDS[COMP_CWORD - 1]}
    COMPREPLY=()
    if ((COMP_CWORD == 1)); then
        words="$("$program" --help 2> /dev/null | sed -n '/^Subcommands:/,$ s/^  \([a-z][a-z]*\) .*/\1/p')
            --help --version"
        mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
    elif [[ $current == -* ]]; then
        words=$("$program" "${COMP_WORDS[1]}" --help 2> /dev/null | grep -oE -- '--[a-z][a-z0-9-]*' | sort -u)
        mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
    elif [[ $previous == --authkey-file || ${COMP_WORDS[1]} == @(dis|keygen) ]]; then
        _parley_files "$current"
    elif [[ $current == @* ]]; then
        _parley_at_files "${current#@}"
    elif [[ $word == unix:* && $word != unix:@* ]]; then
        _parley_files "$current"
    fi
}
complete -F _parley parley
