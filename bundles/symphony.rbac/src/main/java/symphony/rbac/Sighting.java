package symphony.rbac;

import java.util.Objects;

/** What was found in the place of the policy file. Two are equal if nobody could tell them apart. */
sealed interface Sighting {
    /** There is nothing. */
    record Absent() implements Sighting {}

    /**
     * There is something that is not read.
     *
     * @param reason why, and how to mend it
     */
    record Unusable(String reason) implements Sighting {}

    /**
     * A file.
     *
     * @param hash SHA-256 of its bytes, in hexadecimal
     * @param bytes all of it; none if it is only to be known again
     */
    record Content(String hash, byte[] bytes) implements Sighting {
        static Content of(byte[] bytes) {
            return new Content(PolicyReader.hash(bytes), bytes);
        }

        /** To be known again, without its bytes. */
        Content known() {
            return new Content(hash, new byte[0]);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Content content && content.hash.equals(hash);
        }

        @Override
        public int hashCode() {
            return Objects.hash(hash);
        }
    }
}
