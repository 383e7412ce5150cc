# SPDX-License-Identifier: MIT
# style.gp: what all pictures share. Black is the colour of the text around a picture and the five
# colours change with the page (picture.css), so nothing is drawn behind them.
#
# A picture is drawn by
#     gnuplot -c reports/NAME.gp DIRECTORY [OUTPUT]
# from the tables in DIRECTORY to OUTPUT, by default DIRECTORY/NAME.svg.

# Colours that differ to colour-blind eyes and in grey (Okabe and Ito).
blue = 0x0072B2; green = 0x009E73; orange = 0xD55E00; pink = 0xCC79A7; black = 0x000000
grey = 0x808080

set encoding utf8
set datafile separator tab
set border 3 linecolor rgb grey linewidth 0.8
set tics nomirror out scale 0.6 textcolor rgb black
set key noautotitle samplen 1.6 spacing 1.2 textcolor rgb black
terminal(width, height) = sprintf("set terminal svg size %d,%d enhanced ".\
    "font 'sans-serif,14' linewidth 1.3", width, height)
output(name) = sprintf("set output '%s'", ARGC > 1 ? ARG2 : ARG1.'/'.name.'.svg')

# Groups of families: what stands before the first hyphen; files of a user are the family "file".
groups = "closed random conditioning degenerate real file"
array group_colour[6] = [blue, green, orange, pink, black, grey]
group(family) = strstrt(family, "-") > 0 ? family[1:strstrt(family, "-") - 1] : family

# After stats: was there any number? A script with nothing to draw ends without a picture.
found = 'exists("STATS_records") && STATS_records > 0'
