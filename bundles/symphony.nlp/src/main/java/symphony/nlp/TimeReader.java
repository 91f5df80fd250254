package symphony.nlp;

import java.time.LocalTime;
import java.util.Map;

/**
 * Times of day: {@code 18:30}, {@code 6.30pm}, {@code half past six}, {@code noon}. A number alone is none. The value is a text as
 * ISO 8601 has it, {@code 18:30}.
 */
final class TimeReader implements SlotReader {
    private static final int HALF_DAY = 12;
    private static final int LAST_MINUTE = 59;
    private static final int MOST_MINUTES_AWAY = 29;
    private static final int QUARTER = 15;
    private static final int HALF = 30;
    private static final Map<String, LocalTime> NAMES =
            Map.of("noon", LocalTime.NOON, "midday", LocalTime.NOON, "midnight", LocalTime.MIDNIGHT);

    /** An hour and its minutes, up to a token. */
    private record Clock(int hour, int minute, int second, int end, boolean sure) {}

    @Override
    public Found read(Tokens tokens, int at) {
        LocalTime named = NAMES.get(tokens.get(at).text());
        if (named != null) {
            return new Found(at + 1, named.toString());
        }
        Clock clock = clock(tokens, at);
        return clock == null ? NOTHING : inHalf(tokens, clock);
    }

    private static Clock clock(Tokens tokens, int at) {
        Clock away = minutesAway(tokens, at);
        if (away != null) {
            return away;
        }
        return tokens.get(at).isDigits() ? digits(tokens, at) : words(tokens, at);
    }

    private static Clock digits(Tokens tokens, int at) {
        int hour = NumberReader.plain(tokens, at, 0, 23);
        if (hour < 0 || tokens.get(at).text().length() > 2) {
            return null;
        }
        boolean colon = tokens.get(at + 1).is(":");
        int minute = colon || tokens.get(at + 1).is(".") ? sixtieth(tokens, at + 2) : -1;
        if (minute < 0) {
            return new Clock(hour, 0, 0, at + 1, false);
        }
        int second = colon && tokens.get(at + 3).is(":") ? sixtieth(tokens, at + 4) : -1;
        return second < 0 ? new Clock(hour, minute, 0, at + 3, colon) : new Clock(hour, minute, second, at + 5, true);
    }

    /** Two digits that touch the sign before them. */
    private static int sixtieth(Tokens tokens, int at) {
        boolean two = tokens.touches(at - 1)
                && tokens.touches(at)
                && tokens.get(at).text().length() == 2;
        return two ? NumberReader.plain(tokens, at, 0, LAST_MINUTE) : -1;
    }

    private static Clock words(Tokens tokens, int at) {
        int hour = word(tokens, at, at + 1, 1, HALF_DAY);
        if (hour < 0) {
            return null;
        }
        int end = NumberReader.unsigned(tokens, at + 1).end();
        int minute = word(tokens, at + 1, end, 10, LAST_MINUTE);
        return minute < 0 ? new Clock(hour, 0, 0, at + 1, false) : new Clock(hour, minute, 0, end, false);
    }

    /** A number that ends where it should, within bounds; -1 if there is none. */
    private static int word(Tokens tokens, int at, int end, int least, int most) {
        Found number = NumberReader.unsigned(tokens, at);
        if (number.end() != end || !(number.value() instanceof Long value) || value < least || value > most) {
            return -1;
        }
        return value.intValue();
    }

    /** {@code half past six}, {@code ten minutes to five}. */
    private static Clock minutesAway(Tokens tokens, int at) {
        int next = at;
        int minutes;
        if (tokens.get(at).is("half")) {
            minutes = HALF;
            next++;
        } else if (tokens.get(at).is("quarter") || tokens.are(at, "a", "quarter")) {
            minutes = QUARTER;
            next += tokens.get(at).is("a") ? 2 : 1;
        } else {
            next = NumberReader.unsigned(tokens, at).end();
            minutes = next > at ? word(tokens, at, next, 1, MOST_MINUTES_AWAY) : -1;
            if (tokens.get(next).is("minutes")) {
                next++;
            }
        }
        boolean past = tokens.get(next).is("past");
        boolean to = tokens.get(next).is("to") && minutes != HALF;
        int end = NumberReader.unsigned(tokens, next + 1).end();
        int hour = word(tokens, next + 1, end, 1, HALF_DAY);
        if (minutes < 0 || hour < 0 || !past && !to) {
            return null;
        }
        return past
                ? new Clock(hour, minutes, 0, end, true)
                : new Clock(hour == 1 ? HALF_DAY : hour - 1, 60 - minutes, 0, end, true);
    }

    /** With what says in which half of the day it is. */
    private static Found inHalf(Tokens tokens, Clock clock) {
        int next = clock.end();
        boolean sure = clock.sure();
        if (tokens.get(next).is("o'clock")) {
            sure = true;
            next++;
        }
        Half half = half(tokens, next, sure);
        if (half.end() > next && (clock.hour() < 1 || clock.hour() > HALF_DAY)) {
            return sure ? time(clock, clock.hour(), next) : NOTHING;
        }
        if (half.end() > next) {
            return time(clock, clock.hour() % HALF_DAY + (half.second() ? HALF_DAY : 0), half.end());
        }
        return sure ? time(clock, clock.hour(), next) : NOTHING;
    }

    private static Found time(Clock clock, int hour, int end) {
        return new Found(end, LocalTime.of(hour, clock.minute(), clock.second()).toString());
    }

    /** Which half of the day, and behind which token that was said. */
    private record Half(boolean second, int end) {}

    private static Half half(Tokens tokens, int at, boolean sure) {
        for (String letter : new String[] {"a", "p"}) {
            if (tokens.get(at).is(letter + "m")) {
                return new Half(letter.equals("p"), at + 1);
            }
            if (tokens.are(at, letter, ".", "m")) {
                return new Half(letter.equals("p"), tokens.get(at + 3).is(".") ? at + 4 : at + 3);
            }
        }
        if (sure && tokens.are(at, "in", "the")) {
            String part = tokens.get(at + 2).text();
            if (part.equals("morning")) {
                return new Half(false, at + 3);
            }
            if (part.equals("afternoon") || part.equals("evening")) {
                return new Half(true, at + 3);
            }
        }
        return new Half(false, at);
    }
}
