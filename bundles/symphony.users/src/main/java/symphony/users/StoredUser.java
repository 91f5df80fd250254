package symphony.users;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.regex.Pattern;

/**
 * One line of the file.
 *
 * @param name of the user
 * @param changed when the password was set
 * @param hash of the password
 */
record StoredUser(String name, Instant changed, PasswordHash hash) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.@-]{0,99}");
    private static final int WORDS = 3;
    private static final Instant FIRST = Instant.parse("2000-01-01T00:00:00Z");
    private static final Instant END = Instant.parse("9999-01-01T00:00:00Z");
    private static final String TIME = "the time must be an instant as 2026-11-24T12:00:00Z, from 2000 to 9998";

    /** Whether somebody can be called so. A policy takes the same names. */
    static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    /** What {@link #line} wrote; {@code IllegalArgumentException} says what is wrong. */
    static StoredUser parse(String line) {
        String[] words = line.split(" ", -1);
        if (words.length != WORDS) {
            throw new IllegalArgumentException("a line must be NAME TIME HASH, with one blank between");
        }
        if (!isName(words[0])) {
            throw new IllegalArgumentException(
                    "the name must be 1 to 100 of A-Z a-z 0-9 _ . - @, first a letter or digit");
        }
        var user = new StoredUser(words[0], time(words[1]), PasswordHash.parse(words[2]));
        if (!user.line().equals(line)) { // it would be written back otherwise
            throw new IllegalArgumentException(
                    "the hash must have numbers without zeros in front, and Base64 without loose bits");
        }
        return user;
    }

    private static Instant time(String text) {
        try {
            Instant time = Instant.parse(text);
            if (time.toString().equals(text) && !time.isBefore(FIRST) && time.isBefore(END)) {
                return time;
            }
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(TIME, e);
        }
        throw new IllegalArgumentException(TIME);
    }

    String line() {
        return name + ' ' + changed + ' ' + hash;
    }
}
