# Compares the contract table with what ran:  awk -f contract.awk contract.md contract.tsv test.log
#
# Each line of the contract, `- **N.** ...`, needs a test.
#
# The table has a header, then one row a test: line<TAB>test<TAB>executors<TAB>gap. A test X that
# lists the executor E must have run as `test E::X ... ok`; one whose executors are `-` as
# `test X ... ok`. An executor left out needs its reason in `gap`. Empty rows and rows that begin
# with `#` are skipped. Prints what is wrong; ends with 1 if anything is.

BEGIN {
    FS = "\t"
    split("inline threads stealing processes", all_executors, " ")
    for (i in all_executors) known[all_executors[i]] = 1
}

FILENAME == ARGV[1] { file = 0 }
FILENAME == ARGV[2] { file = 1 }
FILENAME == ARGV[3] { file = 2 }

{ sub(/\r$/, "") }

file == 0 {
    if (/^- \*\*[0-9]+\.\*\*/) {
        sub(/^- \*\*/, "")
        if ($0 + 0 > last_line) last_line = $0 + 0
    }
    next
}

file == 1 && FNR == 1 {
    if ($0 != "line\ttest\texecutors\tgap") say("header", "is `" $0 "`; write line, test, executors, gap, parted by tabs")
    next
}

file == 1 && /^(#|[ \t]*$)/ { next }

file == 1 {
    if ($1 !~ /^[0-9]+$/ || $2 == "" || $3 == "") {
        say("row " FNR, "needs a number, a test and its executors, parted by tabs: `" $0 "`")
        next
    }
    if (($1, $2) in listed) say("line " $1, $2 " is listed twice")
    listed[$1, $2] = 1
    has_test[$1 + 0] = 1
    row++
    line[row] = $1; test[row] = $2; executors[row] = $3; gap[row] = $4
    next
}

# `test threads::cancel::name ... ok`, or `test name - should panic ... ok`
/^test .* \.\.\. / {
    name = $0
    sub(/^test /, "", name)
    sub(/ \.\.\. .*$/, "", name)
    sub(/ - should panic$/, "", name)
    how = $0
    sub(/^.* \.\.\. /, "", how)
    sub(/ <.*$/, "", how) # the time it took
    sub(/,.*$/, "", how)  # why it is ignored
    if (ended[name] != "FAILED") ended[name] = how
}

END {
    if (!last_line) say("contract.md", "has no line `- **N.** ...`")
    for (i = 1; i <= row; i++) check_row(line[i], test[i], executors[i], gap[i])
    for (i = 1; i <= last_line; i++)
        if (!(i in has_test)) say("line " i, "no test is listed")
    if (wrong) {
        print "contract: " wrong " mistakes"
        exit 1
    }
    print "contract: " row + 0 " rows, " checked + 0 " runs, nothing missing"
}

function check_row(line, test, list, gap,    count, names, has, i) {
    if (list == "-") {
        check_run(line, test)
        return
    }
    count = split(list, names, /, */)
    for (i = 1; i <= count; i++) {
        has[names[i]] = 1
        if (names[i] in known) check_run(line, names[i] "::" test)
        else say("line " line, test " names an unknown executor `" names[i] "`")
    }
    for (i in all_executors)
        if (!(all_executors[i] in has) && gap !~ /[^ ]/)
            say("line " line, test " leaves out " all_executors[i] "; say why in `gap`")
}

function check_run(line, name) {
    checked++
    if (!(name in ended)) say("line " line, name " did not run")
    else if (ended[name] != "ok") say("line " line, name " ended as `" ended[name] "`")
}

function say(where, what) {
    print "contract.tsv " where ": " what
    wrong++
}
