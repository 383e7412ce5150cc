"""The words for how well two gradients agree, and the levels at which they change.

They describe; they prove nothing. Proven bounds are for the program `evident`, which has them. With
c the least-squares factor (got ~ c want) and r = |got/c - want| / |want|, in this order:

    same       |got - want| <= SAME |want|: all digits that matter
    scaled     r <= SAME: right up to a constant factor
    close      |got - want| <= CLOSE |want|: what a time grid of a fine step gives
    scaled     r <= SCALED: a constant factor, and a time grid
    direction  cosine >= DIRECTION: descends, but neither size nor details are right
    wrong      anything else, NaN and infinities too
"""
WORDS = ("same", "close", "scaled", "direction", "wrong")  # from best to worst

ROUNDING = 1e-12  # of the whole gradient: an array that differs by less differs by rounding
SAME = 1e-6
SCALED = 0.02
CLOSE = 0.15
DIRECTION = 0.9

READING = 0.1  # a reading of a factor is named if |got - reading want| <= READING |got| ...
READING_SLACK = 1.5  # ... and no more than this times what the best factor leaves
READING_FLOOR = 1e-6  # differences below this share of |got| tell no readings apart

# Of exact engines. A case is "beyond" their doubles, and says nothing about them, if the truth
# itself moves by more than BEYOND |want| when its weights and spike times move by a unit in the
# last place. A computation rounds some hundred times more than that once.
BEYOND = SAME / 100
