package symphony.rbac;

import symphony.api.rbac.Permission;

/**
 * A permission that somebody asks for.
 *
 * @param domain of the permission
 * @param action of the permission
 * @param instance of the permission, perhaps a pattern
 */
record Wanted(String domain, String action, Instance instance) {
    static Wanted of(Permission permission) {
        return new Wanted(permission.domain(), permission.action(), Instance.of(permission.instance()));
    }

    /** Whether domain and action are words: {@code *} for them is for grants only, and nothing else can be granted. */
    static boolean hasWords(Permission permission) {
        return Rule.isWord(permission.domain()) && Rule.isWord(permission.action());
    }
}
