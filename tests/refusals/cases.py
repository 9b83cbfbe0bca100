"""One small bad file per refusal: what is written, and the one line that must come out.

The first file of a case is the one that is validated. `SOUND` is a scenario to which a case adds its fault; the line
numbers count from its first line.
"""

import json

SOUND = """\
name: sound
years: 5
major_powers:
  RUS:
    capital: {latitude: 55.75, longitude: 37.62}
weak_states:
  BLR:
    capability: 0.002
    challenger_capability: 0.003
    toward:
      RUS: {distance_km: 0, preference_distance: 0.3}
"""
LINES = SOUND.count("\n")

DRAWN = """\
name: drawn
major_powers: {RUS: {}}
population:
  count: 2
  challenger_capability: 0.003
  toward: {RUS: {distance_km: 10}}
"""

PLAIN = "lines 'key: value', those of one mapping indented alike"
ENTRAPMENT = "major_powers.RUS.costs.entrapment"
POWER_KEYS = ("name, capability, capital, reach_half_distance_km, bargaining_weight, attention, benefits, costs,"
              " resolve, fatigue")
STATE_KEYS = ("name, capability, challenger_capability, crisis_rate, latent_threat, autonomy_value, preference_weight,"
              " votes, instability, outside_option, rivals, capital, toward, observed")
TOP_KEYS = ("extends, major_power_defaults, weak_state_defaults, format, name, title, description, sources, start_year,"
            " years, assumptions, crisis, contract, dynamics, relaxations, recording, own_terms, major_powers,"
            " weak_states, population")
CODE = "a letter, then letters, digits, _ or -, at most 24 in all"
KINDS = "uniform, lognormal, beta, choice"
WRITTEN_OUT = "values written out; extends and the defaults blocks save repeating"


def without(line: str, text: str = SOUND) -> str:
    """The text without the one line that starts so."""
    lines = text.splitlines(keepends=True)
    kept = [candidate for candidate in lines if not candidate.strip().startswith(line)]
    assert len(kept) == len(lines) - 1, line
    return "".join(kept)


def change(old: str, new: str, text: str = SOUND) -> str:
    assert old in text, old
    return text.replace(old, new, 1)


UNREADABLE: dict[str, tuple[str | bytes, str]] = {
    # ---- the file itself
    "empty file": ("", "bad.yaml: an empty file; allowed: a mapping, lines of 'key: value'"),
    "only comments": ("# nothing\n", "bad.yaml: an empty file; allowed: a mapping, lines of 'key: value'"),
    "a list at the top": ("- a\n- b\n", "bad.yaml:1: not a mapping; found a list of 2; allowed: lines of 'key: value'"),
    "a text at the top": ("years:5\n", "bad.yaml:1: not a mapping; found 'years:5'; allowed: lines of 'key: value'"),
    "not UTF-8": (SOUND.encode() + b"title: K\xf8benhavn\n",
                  f"bad.yaml:{LINES + 1}: not UTF-8; found the byte 0xf8; allowed: text saved as UTF-8"),
    "a control character": (SOUND + "title: a\x07b\n",
                            f"bad.yaml:{LINES + 1}: a character that no text should hold; found '\\x07'"),
    # ---- YAML
    "a tab": ("name: x\ncrisis:\n\tstake: 1\n", "bad.yaml:3: a tab in the indentation; allowed: spaces"),
    "two colons": ("name: x\ntitle: Russia: a study\n",
                   "bad.yaml:2: not YAML; found 'title: Russia: a study'; allowed: one ': ' in a line; text that holds"
                   " another needs quotes"),
    "uneven indentation": ("name: x\n  years: 5\n", f"bad.yaml:2: not YAML; found 'years: 5'; allowed: {PLAIN}"),
    "a word alone": ("name: x\nyears\n", f"bad.yaml:2: not YAML; found 'years'; allowed: {PLAIN}"),
    "an open quotation mark": ("name: 'x\nyears: 5\n", "bad.yaml:1: a quotation mark that is never closed"),
    "an open bracket": ("name: x\nsources: {a: b\nyears: 5\n",
                        "bad.yaml:2: a bracket that is never closed, or a comma missing"),
    "a special character": ("name: x\ntitle: @home\n",
                            "bad.yaml:2: not YAML; found 'title: @home'; allowed: text that starts with a special"
                            " character needs quotes"),
    "two documents": (SOUND + "---\nname: y\n",
                      f"bad.yaml:{LINES + 1}: more than one document; allowed: one document, without a second ---"),
    "a tag": (SOUND + "title: !!str x\n",
              f"bad.yaml:{LINES + 1}: title: a tag; found tag:yaml.org,2002:str; allowed: values without tags"),
    "an object": ("name: !!python/object/apply:os.system [ls]\n",
                  "bad.yaml:1: name: a tag; found tag:yaml.org,2002:python/object/apply:os.system; allowed: values"
                  " without tags"),
    "an anchor": ("name: &a x\ntitle: *a\n", f"bad.yaml:1: name: an anchor; found &a; allowed: {WRITTEN_OUT}"),
    "an alias": ("name: x\ntitle: *a\n", f"bad.yaml:2: title: an alias; found *a; allowed: {WRITTEN_OUT}"),
    "a merge key": ("name: x\n<<: {years: 3}\n", f"bad.yaml:2: a merge key; found <<; allowed: {WRITTEN_OUT}"),
    "a number as key": (SOUND + "1990: x\n",
                        f"bad.yaml:{LINES + 1}: a key that is not text; found 1990; allowed: text; put it in quotes"),
    "a list as key": ("[a, b]: x\n", "bad.yaml:1: a key that is not text; found a mapping or a list; allowed: text"),
    "a key given twice": (SOUND + "years: 6\n", f"bad.yaml:{LINES + 1}: years: key given twice, first on line 2"),
    "a state named twice": (SOUND + "  BLR: {}\n",
                            f"bad.yaml:{LINES + 1}: weak_states.BLR: key given twice, first on line 7"),
    "nested too deeply": ("a: " + "[" * 60 + "]" * 60, "bad.yaml:1: nested too deeply; allowed: at most 40 levels"),
    "too many digits": ("years: " + "9" * 5000,
                        f"bad.yaml:1: years: a number with too many digits; found '{'9' * 56}..."),
}

ONE_FILE: dict[str, tuple[str | bytes, str]] = UNREADABLE | {
    # ---- keys
    "unknown key": (SOUND + "colour: red\n", f"bad.yaml:{LINES + 1}: colour: unknown key; allowed: {TOP_KEYS}"),
    "misspelt key": (SOUND + "crisys: {}\n",
                     f"bad.yaml:{LINES + 1}: crisys: unknown key; allowed: {TOP_KEYS}; did you mean crisis?"),
    "misspelt extends": ("extend: base.yaml\n",
                         f"bad.yaml:1: extend: unknown key; allowed: {TOP_KEYS}; did you mean extends?"),
    "misspelt key inside": (change("longitude: 37.62}", "longitude: 37.62}\n    costs: {entrapment: {warcost: 0.4}}"),
                            f"bad.yaml:6: {ENTRAPMENT}.warcost: unknown key; allowed: dial, war_cost, risk_weight;"
                            " did you mean war_cost?"),
    "misspelt required key": (change("challenger_capability", "chalenger_capability"),
                              f"bad.yaml:9: weak_states.BLR.chalenger_capability: unknown key; allowed: {STATE_KEYS};"
                              " did you mean challenger_capability?"),
    "a key too high up": (change("longitude: 37.62}", "longitude: 37.62}\n    war_cost: 0.4"),
                          f"bad.yaml:6: major_powers.RUS.war_cost: unknown key; allowed: {POWER_KEYS};"
                          " did you mean costs.entrapment.war_cost?"),
    "a key in the wrong place": (SOUND + "rationality: 3\n",
                                 f"bad.yaml:{LINES + 1}: rationality: unknown key; allowed: {TOP_KEYS};"
                                 " did you mean crisis.rationality?"),
    "a dotted key": (SOUND + "crisis.stake: 3\n",
                     f"bad.yaml:{LINES + 1}: crisis.stake: unknown key; allowed: {TOP_KEYS}; did you mean crisis?"),
    "a key with a blank": (SOUND + "start year: 3\n",
                           f"bad.yaml:{LINES + 1}: 'start year': unknown key; allowed: {TOP_KEYS};"
                           " did you mean start_year?"),
    "a key with an escape": (SOUND + '"\\e[31m": 3\n',
                             f"bad.yaml:{LINES + 1}: '\\x1b[31m': unknown key; allowed: {TOP_KEYS}"),
    "not a code": (SOUND + "  N O: {}\n", f"bad.yaml:{LINES + 1}: weak_states.'N O': not a code; found 'N O';"
                                          f" allowed: {CODE}"),
    # ---- values
    "no name": (without("name"), f"bad.yaml:1: name: missing; allowed: {CODE}"),
    "missing": (without("capability"), "bad.yaml:7: weak_states.BLR.capability: missing; allowed: above 0, at most 1"),
    "null": (change("years: 5", "years:"),
             "bad.yaml:2: years: null where a whole number is needed; allowed: 1 to 1000; or leave the key out"),
    "null for a mapping": (SOUND + "crisis:\n",
                           f"bad.yaml:{LINES + 1}: crisis: null where a mapping is needed; allowed: a mapping with keys"
                           " stake, challenge_cost, war_cost_weak, war_cost_challenger, contest_exponent, rationality;"
                           " or leave the key out"),
    "null in a list": (SOUND + "    rivals: [~]\n",
                       f"bad.yaml:{LINES + 1}: weak_states.BLR.rivals.0: null where text is needed; allowed: {CODE};"
                       " or leave the key out"),
    "null under an unknown key": (SOUND + "colour:\n",
                                  f"bad.yaml:{LINES + 1}: colour: unknown key; allowed: {TOP_KEYS}"),
    "null under an unknown key inside": (SOUND + "crisis: {stakes: }\n",
                                         f"bad.yaml:{LINES + 1}: crisis.stakes: unknown key; allowed: stake,"
                                         " challenge_cost, war_cost_weak, war_cost_challenger, contest_exponent,"
                                         " rationality; did you mean stake?"),
    "not a number": (change("0.002", "two"),
                     "bad.yaml:8: weak_states.BLR.capability: not a number; found 'two'; allowed: above 0, at most 1"),
    "a decimal comma": (change("0.002", "0,002"),
                        "bad.yaml:8: weak_states.BLR.capability: not a number; found '0,002'; allowed: above 0,"
                        " at most 1"),
    "a number in quotes": (change("0.002", "'0.002'"),
                           "bad.yaml:8: weak_states.BLR.capability: not a number; found '0.002'; allowed: above 0,"
                           " at most 1"),
    "true for a number": (change("0.002", "true"),
                          "bad.yaml:8: weak_states.BLR.capability: not a number; found true; allowed: above 0,"
                          " at most 1"),
    "not a whole number": (change("years: 5", "years: 5.5"),
                           "bad.yaml:2: years: not a whole number; found 5.5; allowed: 1 to 1000"),
    "a huge whole number": (change("years: 5", "years: 1" + "0" * 400),
                            "bad.yaml:2: years: out of range; found a whole number of more than 50 digits;"
                            " allowed: 1 to 1000"),
    "NaN": (change("0.002", ".nan"),
            "bad.yaml:8: weak_states.BLR.capability: not a finite number; found nan; allowed: above 0, at most 1"),
    "infinity": (change("0.002", "-.inf"),
                 "bad.yaml:8: weak_states.BLR.capability: not a finite number; found -inf; allowed: above 0,"
                 " at most 1"),
    "a number beyond floating point": (change("0.002", "1e999"),
                                       "bad.yaml:8: weak_states.BLR.capability: not a finite number; found inf;"
                                       " allowed: above 0, at most 1"),
    "below the range": (change("0.002", "0"),
                        "bad.yaml:8: weak_states.BLR.capability: out of range; found 0; allowed: above 0, at most 1"),
    "above the range": (change("years: 5", "years: 1001"),
                        "bad.yaml:2: years: out of range; found 1001; allowed: 1 to 1000"),
    "just outside an open range": (SOUND + "dynamics: {capability_loss: 1}\n",
                                   f"bad.yaml:{LINES + 1}: dynamics.capability_loss: out of range; found 1;"
                                   " allowed: 0 or more, below 1"),
    "a place off the globe": (change("latitude: 55.75", "latitude: 155.75"),
                              "bad.yaml:5: major_powers.RUS.capital.latitude: out of range; found 155.75;"
                              " allowed: -90 to 90"),
    "not a switch": (SOUND + "relaxations: {drift: yes}\n",
                     f"bad.yaml:{LINES + 1}: relaxations.drift: not true or false; found 'yes'; did you mean true?"),
    "one for true": (SOUND + "relaxations: {drift: 1}\n",
                     f"bad.yaml:{LINES + 1}: relaxations.drift: not true or false; found 1"),
    "unknown name": (SOUND + "assumptions: {bargaining_solution: Nasch}\n",
                     f"bad.yaml:{LINES + 1}: assumptions.bargaining_solution: unknown value; found 'Nasch'; allowed:"
                     " nash, kalai_smorodinsky, egalitarian, ultimatum; did you mean nash?"),
    "not text": (SOUND + "title: 2005\n", f"bad.yaml:{LINES + 1}: title: not text; found 2005"),
    "name is no code": (change("name: sound", "name: a/b"),
                        f"bad.yaml:1: name: not a code; found 'a/b'; allowed: {CODE}"),
    "name too long": (change("name: sound", "name: a23456789012345678901234x"),
                      f"bad.yaml:1: name: not a code; found 'a23456789012345678901234x'; allowed: {CODE}"),
    "not a mapping": (SOUND + "crisis: 3\n",
                      f"bad.yaml:{LINES + 1}: crisis: not a mapping; found 3; allowed: a mapping with keys stake,"
                      " challenge_cost, war_cost_weak, war_cost_challenger, contest_exponent, rationality"),
    "states as a list": ("name: x\nweak_states: [BLR]\n",
                         "bad.yaml:2: weak_states: not a mapping; found a list of 1; allowed: codes with their"
                         " values"),
    "a state as a number": (SOUND + "  UKR: 3\n",
                            f"bad.yaml:{LINES + 1}: weak_states.UKR: not a mapping; found 3; allowed: a mapping with"
                            f" keys {STATE_KEYS}"),
    "not a list": (SOUND + "    rivals: UKR\n",
                   f"bad.yaml:{LINES + 1}: weak_states.BLR.rivals: not a list; found 'UKR'"),
    "a source that is not text": (SOUND + "sources: {years: 5}\n",
                                  f"bad.yaml:{LINES + 1}: sources.years: not text; found 5"),
    "unknown format": (SOUND + "format: 2\n", f"bad.yaml:{LINES + 1}: format: unknown format; found 2; allowed: 1"),
    "true as format": (SOUND + "format: true\n",
                       f"bad.yaml:{LINES + 1}: format: unknown format; found true; allowed: 1"),
    # ---- what does not fit together
    "no major power": (change("\n  RUS:\n    capital: {latitude: 55.75, longitude: 37.62}", " {}"),
                       "bad.yaml:3: major_powers: empty; allowed: at least one"),
    "major powers missing": ("name: x\nweak_states: {}\n",
                             "bad.yaml:1: major_powers: missing; allowed: codes with their values"),
    "no weak state": ("name: x\nmajor_powers: {RUS: {}}\n",
                      "bad.yaml:1: weak_states: no weak state; allowed: states listed here, or a population"),
    "a major power as weak state": (change("  BLR:", "  RUS:"),
                                    "bad.yaml:7: weak_states.RUS: a state named twice; found RUS is a major power as"
                                    " well"),
    "unknown rival": (SOUND + "    rivals: [BLX]\n",
                      f"bad.yaml:{LINES + 1}: weak_states.BLR.rivals: unknown rival; found BLX; allowed: codes of weak"
                      " states in this scenario; did you mean BLR?"),
    "its own rival": (SOUND + "    rivals: [BLR]\n",
                      f"bad.yaml:{LINES + 1}: weak_states.BLR.rivals: a state cannot be its own rival; found BLR"),
    "unknown major power": (SOUND + "    observed: {RUX: true}\n",
                            f"bad.yaml:{LINES + 1}: weak_states.BLR.observed.RUX: unknown major power; found RUX;"
                            " allowed: RUS; did you mean RUS?"),
    "no standing": (change("RUS: {distance_km: 0, preference_distance: 0.3}", "{}"),
                    "bad.yaml:10: weak_states.BLR.toward.RUS: missing; allowed: how BLR stands towards RUS"),
    "no distance": (change("distance_km: 0, ", ""),
                    "bad.yaml:11: weak_states.BLR.toward.RUS.distance_km: missing; allowed: 0 to 20040 km, or the"
                    " capitals of both"),
    "a star outside the defaults": (SOUND + "      '*': {basing: 1}\n",
                                    f"bad.yaml:{LINES + 1}: weak_states.BLR.toward.*: not a code; found '*';"
                                    f" allowed: {CODE}"),
    # ---- generated states
    "a draw that is text": (DRAWN + "  capability: small\n",
                            "bad.yaml:7: population.capability: not a number or a distribution; found 'small'; allowed:"
                            f" a number or a mapping with keys {KINDS}"),
    "no distribution": (DRAWN + "  capability: {}\n",
                        f"bad.yaml:7: population.capability: not one distribution; found none; allowed: exactly one of"
                        f" {KINDS}"),
    "two distributions": (DRAWN + "  capability: {uniform: {low: 0, high: 1}, beta: {a: 1, b: 1}}\n",
                          "bad.yaml:7: population.capability: not one distribution; found uniform and beta; allowed:"
                          f" exactly one of {KINDS}"),
    "unknown distribution": (DRAWN + "  capability: {unifrom: {low: 0, high: 1}}\n",
                             f"bad.yaml:7: population.capability.unifrom: unknown key; allowed: {KINDS};"
                             " did you mean uniform?"),
    "a bound missing": (DRAWN + "  capability:\n    uniform:\n      low: 0\n",
                        "bad.yaml:8: population.capability.uniform.high: missing; allowed: a number"),
    "bounds the wrong way round": (DRAWN + "  capability: {uniform: {low: 0.2, high: 0.1}}\n",
                                   "bad.yaml:7: population.capability.uniform: bounds the wrong way round; found low"
                                   " 0.2, high 0.1; allowed: low <= high"),
    "nothing to choose from": (DRAWN + "  capability: {choice: {values: []}}\n",
                               "bad.yaml:7: population.capability.choice.values: empty; allowed: at least one"),
    "too few weights": (DRAWN + "  capability: {choice: {values: [0.1, 0.2], weights: [1]}}\n",
                        "bad.yaml:7: population.capability.choice: weights do not fit the values; found 2 values,"
                        " 1 weights; allowed: one weight for each value, not all 0; or none"),
    "no weight": (DRAWN + "  capability: {choice: {values: [0.1], weights: [0]}}\n",
                  "bad.yaml:7: population.capability.choice: weights do not fit the values; found all weights 0;"
                  " allowed: one weight for each value, not all 0; or none"),
    "a negative weight": (DRAWN + "  capability:\n    choice:\n      values: [0.1, 0.2]\n      weights:\n        - 1\n"
                          "        - -1\n",
                          "bad.yaml:12: population.capability.choice.weights.1: out of range; found -1; allowed:"
                          " 0 or more"),
    "a null draw": (DRAWN + "  capability:\n",
                    "bad.yaml:7: population.capability: null where a number or a distribution is needed; allowed: a"
                    f" number or a mapping with keys {KINDS}"),
    "no standing of those drawn": (change("{RUS: {distance_km: 10}}", "{}", DRAWN) + "  capability: 0.002\n",
                                   "bad.yaml:6: population.toward.RUS: missing; allowed: how generated states stand"
                                   " towards RUS"),
    # ---- the defaults blocks
    "misspelt key in unused defaults": ("name: x\nmajor_power_defaults:\n  costs:\n    direkt: {dial: 1}\n",
                                        "bad.yaml:4: major_power_defaults.costs.direkt: unknown key; allowed: direct,"
                                        " opportunity, entrapment; did you mean direct?"),
    "out of range in unused defaults": ("weak_state_defaults:\n  crisis_rate: 2\n",
                                        "bad.yaml:2: weak_state_defaults.crisis_rate: out of range; found 2; allowed:"
                                        " 0 to 1"),
    "misspelt key for every power": ("weak_state_defaults:\n  toward:\n    '*':\n      basin: 1\n",
                                     "bad.yaml:4: weak_state_defaults.toward.*.basin: unknown key; allowed:"
                                     " distance_km, preference_distance, competitor_preference_distance,"
                                     " patron_threat, basing, rival_pull; did you mean basing?"),
    "defaults that are no mapping": ("weak_state_defaults: 3\n",
                                     "bad.yaml:1: weak_state_defaults: not a mapping; found 3; allowed: a mapping with"
                                     f" keys {STATE_KEYS}"),
    "null in defaults": ("weak_state_defaults:\n  crisis_rate:\n",
                         "bad.yaml:2: weak_state_defaults.crisis_rate: null where a number is needed; allowed: 0 to 1;"
                         " or leave the key out"),
    "defaults for an absent power": ("weak_state_defaults: {toward: {USA: {basing: 1}}}\n" + SOUND,
                                     "bad.yaml:1: weak_states.BLR.toward.USA: unknown major power; found USA;"
                                     " allowed: RUS; did you mean RUS?"),
    # ---- extends
    "extends a number": ("extends: 3\n", "bad.yaml:1: extends: not a path; found 3; allowed: a path from this file's"
                                         " folder"),
    "extends nothing": ("extends:\n", "bad.yaml:1: extends: not a path; found null; allowed: a path from this file's"
                                      " folder"),
    "extends a missing file": ("name: x\nextends: nowhere.yaml\n",
                               "bad.yaml:2: extends: no such file; found nowhere.yaml"),
    "extends a folder": ("name: x\nextends: .\n", "bad.yaml:2: extends: a folder, not a file; found ."),
    "more crises than there are": (SOUND.replace("{distance_km: 0,", "{distance_km: 0, patron_threat: 0.7,").replace(
        "weak_states:", "  USA: {}\nweak_states:") + "      USA: {distance_km: 9000, patron_threat: 0.4}\n",
        f"bad.yaml:{LINES}: weak_states.BLR.toward: more crises than there are; found patron_threat that sums to"
        " 1.1; allowed: at most 1 over the major powers"),
    "more crises than there are, drawn": (DRAWN.replace("  count: 2", "  count: 2\n  capability: 0.002").replace(
        "{RUS: {}}", "{RUS: {}, USA: {}}").replace(
        "{RUS: {distance_km: 10}}", "{RUS: {distance_km: 10, patron_threat: 0.7}, USA: {distance_km: 1,"
        " patron_threat: {choice: {values: [0.4]}}}}"),
        "bad.yaml:7: population.toward: more crises than there are; found patron_threat that sums to 1.1; allowed: at"
        " most 1 over the major powers"),
    "extends itself": ("name: x\nextends: bad.yaml\n", "bad.yaml:2: extends: a loop; found bad.yaml -> bad.yaml"),
}

NAMES = ("commitment, autonomy, distance, reach, burden, proximity, preference_distance, basing, rival_pull,"
         " patron_threat, capability, challenger, crisis_rate, latent_threat, autonomy_value, preference_weight, votes,"
         " instability, power_capability, challenge, resistance, reliability, war, challenge_without,"
         " resistance_without, reliability_without, war_without, allies, pledged, allied_rivals, legitimated_votes,"
         " states, stake")
ARITHMETIC = ("numbers, names, + - * / ** < <= > >= == !=, parentheses and the functions min, max, abs, sqrt, exp, log,"
              " where")
FINITE = "allowed: a formula that is a number for every pair and contract"
FORMULAS = {
    "0.05 * commitment * distnce": f"unknown name; found 'distnce' at column 21; allowed: {NAMES}; did you mean"
                                   " distance?",
    "sin(commitment)": "unknown function; found 'sin' at column 1; allowed: min, max, abs, sqrt, exp, log, where; did"
                       " you mean min?",
    "commitment.real": f"not arithmetic; found 'commitment.real' at column 1; allowed: {ARITHMETIC}",
    "(1)(2)": "unknown function; found '1' at column 2; allowed: min, max, abs, sqrt, exp, log, where",
    "__import__(1)": "unknown function; found '__import__' at column 1; allowed: min, max, abs, sqrt, exp, log, where",
    "0.1 * 'x'": f"not a number; found \"'x'\" at column 7; allowed: {ARITHMETIC}",
    "lambda x: x": f"not arithmetic; found 'lambda x: x' at column 1; allowed: {ARITHMETIC}",
    "[x for x in (1, 2)]": f"not arithmetic; found '[x for x in (1, 2)]' at column 1; allowed: {ARITHMETIC}",
    "_commitment": f"unknown name; found '_commitment' at column 1; allowed: {NAMES}; did you mean commitment?",
    "10 ** (400 * commitment)": "not a finite number; found '10 ** (400 * commitment)' for RUS and BLR at commitment"
                                f" 0.775, autonomy 0; {FINITE}",
    "9**9**9**9": f"not a finite number; found '9**9**9**9' for RUS and BLR at commitment 0.1, autonomy 0; {FINITE}",
    "1e999": "too large a number; found '1e999' at column 1; allowed: numbers up to 1e308",
    "0.1 / (autonomy - 0.5)": "not a finite number; found '0.1 / (autonomy - 0.5)' for RUS and BLR at commitment 0.1,"
                              f" autonomy 0.5; {FINITE}",
    "0.1 / (commitment - 0.5)": "not a finite number; found '0.1 / (commitment - 0.5)' for RUS and BLR between"
                                " commitment 0.4375 and 0.55, where what it divides by is 0; allowed: a formula that is"
                                " a number for every pair and contract",
    "(0.3 - autonomy) ** -2": "not a finite number; found '(0.3 - autonomy) ** -2' for RUS and BLR between autonomy"
                              " 0.25 and 0.375, where what it divides by is 0; allowed: a formula that is a number for"
                              " every pair and contract",
    "log(autonomy)": f"not a finite number; found 'log(autonomy)' for RUS and BLR at commitment 0.1, autonomy 0;"
                     f" {FINITE}",
    "-" * 900 + "1": f"too deep a formula; found '{'-' * 56}... at column 31; allowed: at most 30 levels",
    "(" * 400 + "1" + ")" * 400: f"not a formula; found '{'(' * 56}..., wrong at column 201; allowed: {ARITHMETIC}",
    "1+" * 50_000 + "1": "too long a formula; found 100,001 characters; allowed: at most 1,000",
    "": f"an empty formula; allowed: {ARITHMETIC}",
    "0.1 * * 2": f"not a formula; found '0.1 * * 2', wrong at column 7; allowed: {ARITHMETIC}",
    "0 < commitment < 1": f"not arithmetic; found '0 < commitment < 1' at column 1; allowed: {ARITHMETIC}; did you"
                          " mean (0 < commitment) * (commitment < 1)?",
    "1 if commitment else 2": f"not arithmetic; found '1 if commitment else 2' at column 1; allowed: {ARITHMETIC}; did"
                              " you mean where(commitment, 1, 2)?",
    "0.1 * commitment^2": f"not arithmetic; found '0.1 * commitment^2' at column 1; allowed: {ARITHMETIC}; did you mean"
                          " 0.1 * commitment ** 2?",
    "votes > 1 and not instability": f"not arithmetic; found 'votes > 1 and not instability' at column 1; allowed:"
                                     f" {ARITHMETIC}; did you mean (votes > 1) * ((instability) == 0)?",
    "not instability": f"not arithmetic; found 'not instability' at column 1; allowed: {ARITHMETIC}; did you mean"
                       " (instability) == 0?",
    "votes > 1 or reach > 0.5": f"not arithmetic; found 'votes > 1 or reach > 0.5' at column 1; allowed: {ARITHMETIC};"
                                " did you mean max(votes > 1, reach > 0.5)?",
    "votes > 1 & reach > 0.5": "not arithmetic; found 'votes > 1 & reach > 0.5' at column 1; allowed:"
                               f" {ARITHMETIC}; did you mean (A) * (B)?",
    "votes > 1 && reach > 0.5": f"not a formula; found 'votes > 1 && reach > 0.5', wrong at column 12; allowed:"
                                f" {ARITHMETIC}; did you mean (A) * (B)?",
    "0,5 * votes": f"not arithmetic; found '0,5 * votes' at column 1; allowed: {ARITHMETIC}; did you mean a decimal"
                   " point?",
    "votes = 1": f"not a formula; found 'votes = 1', wrong at column 7; allowed: {ARITHMETIC}; did you mean ==?",
    "np.sqrt(votes)": "unknown function; found 'np.sqrt' at column 1; allowed: min, max, abs, sqrt, exp, log, where;"
                      " did you mean sqrt?",
    "ln(votes)": "unknown function; found 'ln' at column 1; allowed: min, max, abs, sqrt, exp, log, where; did you mean"
                 " log?",
    "min(commitment)": "wrong arguments; found 'min(commitment)' at column 1; allowed: 2 to 8 in min(...)",
    "sqrt(x=commitment)": "wrong arguments; found 'sqrt(x=commitment)' at column 1; allowed: 1 in sqrt(...)",
    "0.1 * sqrt": f"a function without its arguments; found 'sqrt' at column 7; allowed: {NAMES}; did you mean sqrt?",
    "True": f"not a number; found 'True' at column 1; allowed: {ARITHMETIC}",
    "é + comitment": f"unknown name; found 'é' at column 1; allowed: {NAMES}",
    "0.1 +\n  comitment": f"unknown name; found 'comitment' at column 9; allowed: {NAMES}; did you mean commitment?",
}
"""Formulas and what is said of them."""
HERE = f"bad.yaml:{LINES + 2}: own_terms.opposition"
OWN_TERMS = {
    '{side: major, kind: cost, formula: "0.1", powers: [USA]}': ".powers: unknown major power; found USA; allowed: RUS;"
                                                               " did you mean RUS?",
    '{side: majr, kind: cost, formula: "0.1"}': ".side: unknown value; found 'majr'; allowed: major, weak; did you mean"
                                               " major?",
    '{side: major, formula: "0.1"}': ".kind: missing; allowed: cost, benefit",
    '{side: major, kind: cost, formula: "0.1", weight: -1}': ".weight: out of range; found -1; allowed: 0 to 1000",
    '{side: major, kind: cost, formula: true}': ".formula: not text; found true",
    '{side: major, kind: benefit, formula: "0.1 * war"}':
        ".formula: a benefit that depends on the crisis, which depends on what the ally is worth; found war at column"
        " 7; allowed: a cost, or a benefit of other names",
    '{side: major, kind: cost, formla: "0.1"}': ".formla: unknown key; allowed: side, kind, formula, weight, powers,"
                                               " says, source; did you mean formula?",
}
"""Terms of the name opposition, and what is said of them."""
ONE_FILE |= {f"formula {place}": (
    f"{SOUND}own_terms:\n  opposition: {{side: major, kind: cost,"
    f" formula: {json.dumps(formula, ensure_ascii=False)}}}\n",
    f"{HERE}.formula: {message}") for place, (formula, message) in enumerate(FORMULAS.items())}
ONE_FILE |= {f"own term {place}": (f"{SOUND}own_terms:\n  opposition: {term}\n", f"{HERE}{message}")
             for place, (term, message) in enumerate(OWN_TERMS.items())}
ONE_FILE |= {
    "a term of the theory's name": (
        f"{SOUND}own_terms:\n  fixed: {{side: major, kind: cost, formula: 0.1}}\n",
        f"bad.yaml:{LINES + 2}: own_terms.fixed: a term of the theory has this name; found cost_fixed; allowed: another"
        " name"),
    "two terms of one name": (
        f"{SOUND}own_terms:\n" + "  fee: {side: major, kind: cost, formula: 0.1}\n" * 2,
        f"bad.yaml:{LINES + 3}: own_terms.fee: key given twice, first on line {LINES + 2}"),
}

SEVERAL_FILES: dict[str, tuple[dict[str, str], str]] = {
    "an extends loop": ({"bad.yaml": "extends: sub/b.yaml\n", "sub/b.yaml": "name: b\nextends: c.yaml\n",
                         "sub/c.yaml": "extends: ../bad.yaml\n"},
                        "sub/c.yaml:1: extends: a loop; found bad.yaml -> sub/b.yaml -> sub/c.yaml -> bad.yaml"),
    "a fault in the base": ({"bad.yaml": "name: x\nextends: base.yaml\n", "base.yaml": SOUND + "colour: 1\n"},
                            f"base.yaml:{LINES + 1}: colour: unknown key; allowed: {TOP_KEYS}"),
    "a value from the base": ({"bad.yaml": "name: x\nextends: base.yaml\n", "base.yaml": change("0.002", "2")},
                              "base.yaml:8: weak_states.BLR.capability: out of range; found 2; allowed: above 0,"
                              " at most 1"),
    "a value over the base": ({"bad.yaml": "name: x\nextends: base.yaml\nweak_states:\n  BLR:\n    capability: 3\n",
                               "base.yaml": SOUND},
                              "bad.yaml:5: weak_states.BLR.capability: out of range; found 3; allowed: above 0,"
                              " at most 1"),
    "a value from the base's defaults": ({"bad.yaml": "extends: base.yaml\n" + SOUND,
                                          "base.yaml": "major_power_defaults:\n  attention: 1.5\n"},
                                         "base.yaml:2: major_power_defaults.attention: not a whole number; found 1.5;"
                                         " allowed: 0 to 1000"),
    "the base's name is its own": ({"bad.yaml": "extends: base.yaml\n", "base.yaml": SOUND},
                                   f"bad.yaml:1: name: missing; allowed: {CODE}"),
    "null does not take away": ({"bad.yaml": "name: x\nextends: base.yaml\nweak_states: {BLR: ~}\n",
                                 "base.yaml": SOUND},
                                "bad.yaml:3: weak_states.BLR: null where a mapping is needed; allowed: a mapping with"
                                f" keys {STATE_KEYS}; or leave the key out"),
    "an old format in the base": ({"bad.yaml": "format: 1\nname: x\nextends: base.yaml\n", "base.yaml": "format: 0\n"},
                                  "base.yaml:1: format: unknown format; found 0; allowed: 1"),
    "an empty base": ({"bad.yaml": "name: x\nextends: base.yaml\n", "base.yaml": ""},
                      "base.yaml: an empty file; allowed: a mapping, lines of 'key: value'"),
}
