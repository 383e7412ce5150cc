#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Rules of the house that no compiler checks. One line per finding, FILE:LINE: what is wrong; exit 1
# if there is any.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 2
export LC_ALL=C.UTF-8 # columns are characters

mapfile -t code < <(find cases ref gpu verify tests -name '*.[ch]' -o -name '*.cu' 2>/dev/null | sort)
mapfile -t scripts < <(grep -lE '^#!.*sh$' .ci/* tests/*.sh)
mapfile -t pages < <(find ./*.md cases ref gpu verify tests reports/measured -name '*.md' | sed 's|^\./||' | sort)
texts=("${code[@]}" "${scripts[@]}" "${pages[@]}" Makefile CITATION.cff reports/*.{gp,css,js,html})
findings=$(mktemp)
trap 'rm -f "$findings"' EXIT
find_in() { # what, extended expression, files
    grep -nHE "$2" "${@:3}" | sed "s|^\([^:]*:[0-9]*\):.*|\1: $1|" >>"$findings"
}

mapfile -t prose < <(printf '%s\n' "${code[@]}" | grep -v '_data\.[ch]$')
find_in 'longer than 100 columns' '^.{101,}' "${prose[@]}"
find_in 'a tab' $'\t' "${code[@]}" "${scripts[@]}"
find_in 'white space at the end' '[[:space:]]+$' "${texts[@]}"
find_in 'unfinished work' '\b(TO''DO|FIX''ME|XX''X)\b' "${texts[@]}"
find_in 'a path of one machine' '(^|[^[:alnum:].])/(home|work|Users)/' "${texts[@]}"
grep -L 'SPDX-License-Identifier: MIT' "${code[@]}" "${scripts[@]}" Makefile |
    sed 's/$/:1: no SPDX line/' >>"$findings"

# A function is what stands between lines that hold only { and } (.clang-format sees to that).
awk 'FNR == 1 { start = 0 }
     /^\{$/ { start = FNR }
     /^\}$/ && start { if (FNR - start > 101)
                           print FILENAME ":" start ": a function of " FNR - start - 1 " lines"
                       start = 0 }
     { lines[FILENAME] = FNR }
     END { for (name in lines) if (lines[name] > 400)
               print name ":1: a file of " lines[name] " lines" }' "${prose[@]}" >>"$findings"
[ "$(wc -l <Makefile)" -le 200 ] || echo 'Makefile:201: longer than 200 lines' >>"$findings"

# Pages: README.md is short and links every other one; links and files that they name are there.
[ "$(wc -l <README.md)" -le 150 ] || echo 'README.md:151: longer than 150 lines' >>"$findings"
for page in "${pages[@]}"; do
    [ "$page" = README.md ] || grep -qF "]($page)" README.md ||
        echo "$page:1: a page that README.md does not link" >>"$findings"
    grep -noE '\]\([^)]+\)|<img src="[^"]+' "$page" | while IFS=: read -r line link; do
        link=${link#*[(\"]}
        [ -e "$(dirname "$page")/${link%)}" ] || echo "$page:$line: a link to nothing: ${link%)}"
    done >>"$findings"
    # NAME stands for any; reports/out is made by runs.
    grep -noE '`(\.ci|cases|ref|gpu|verify|tests|reports)/[^` ]+`' "$page" | grep -vE 'NAME|`reports/out' |
        while IFS=: read -r line path; do
            compgen -G "${path//\`/}" >/dev/null || echo "$page:$line: no such file: $path"
        done >>"$findings"
done

# Tolerances live in verify/judge/bounds.h. Comments and strings may name them; tests and cases, too.
for file in $(printf '%s\n' "${code[@]}" | grep -E '^(ref|gpu|verify)/' | grep -v bounds.h); do
    awk -v file="$file" '
        { line = $0; text = ""
          gsub(/"([^"\\]|\\.)*"/, "", line)
          while (line != "") {
              if (comment) { at = index(line, "*/"); if (!at) break
                             line = substr(line, at + 2); comment = 0 }
              else { at = index(line, "/*"); if (!at) { text = text line; break }
                     text = text substr(line, 1, at - 1); line = substr(line, at + 2); comment = 1 }
          }
          sub(/\/\/.*/, "", text)
          if (text ~ /[0-9]\.?[eE]-[0-9]/ || text ~ /[^0-9]\.[0-9]*[eE]-[0-9]/)
              print file ":" FNR ": a tolerance outside verify/judge/bounds.h" }' "$file" >>"$findings"
done

for script in "${scripts[@]}"; do
    bash -n "$script" 2>>"$findings"
    [ -x "$script" ] || echo "$script:1: not executable" >>"$findings"
done

if command -v python3 >/dev/null; then
    tests/plant.py --check >>"$findings" 2>&1
    tests/rooms.py "${BUILD:-build}" >>"$findings" || [ $? = 1 ] ||
        echo 'tests/rooms.py:1: could not run' >>"$findings"
else
    echo 'not run: lint: the texts of planted faults, and which room asks which: no python3'
fi

# PTX that nvcc made of the kernels, by make: arithmetic that is not that of the host.
read -ra ptx <<<"${PTX:-}"
if [ ${#ptx[@]} = 0 ]; then
    echo 'not run: lint: PTX of the kernels: no nvcc'
else
    "${PYTHON:-python3}" tests/ptx/translate.py --lint "${ptx[@]}" >>"$findings" 2>&1
    [ $? -lt 2 ] || echo 'tests/ptx/translate.py:1: could not run' >>"$findings"
fi

sort -t: -k1,1 -k2,2n "$findings"
if [ -s "$findings" ]; then
    echo "lint: $(wc -l <"$findings") findings in ${#texts[@]} files"
    exit 1
fi
echo "lint: clean, ${#texts[@]} files, ${#ptx[@]} of PTX"
