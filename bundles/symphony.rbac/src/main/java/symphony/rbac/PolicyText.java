package symphony.rbac;

import java.util.List;
import java.util.stream.Stream;
import symphony.api.rbac.PolicyEntry;

/**
 * A policy as it is written: each part of it is what the format allows, but roles may not fit together yet.
 *
 * @param hash SHA-256 of its bytes, in hexadecimal
 * @param roles in its order
 * @param bundles in its order
 * @param users in its order
 */
record PolicyText(String hash, List<Entry> roles, List<Entry> bundles, List<Entry> users) {
    /** What an entry is. */
    enum Kind {
        ROLE("role"),
        BUNDLE("bundle"),
        USER("user");

        private final String shown;

        Kind(String shown) {
            this.shown = shown;
        }

        @Override
        public String toString() {
            return shown;
        }
    }

    /** A role that an entry has, and where it says so. */
    record RoleName(String name, Position at) {}

    /**
     * A role or a principal.
     *
     * @param signer empty if any or none may have signed it
     */
    record Entry(
            Kind kind,
            String name,
            Position at,
            String comment,
            String signer,
            List<RoleName> roles,
            List<Rule> rules) {
        /** The principal that it is for, or the role's name. */
        String id() {
            return kind == Kind.USER ? Policy.USER + name : name;
        }

        PolicyEntry view() {
            return new PolicyEntry(
                    id(),
                    at.line(),
                    comment,
                    signer,
                    roles.stream().map(RoleName::name).toList(),
                    rules.stream().map(Rule::text).toList());
        }

        @Override
        public String toString() {
            return kind + " " + name;
        }
    }

    Stream<Entry> principals() {
        return Stream.concat(bundles.stream(), users.stream());
    }
}
