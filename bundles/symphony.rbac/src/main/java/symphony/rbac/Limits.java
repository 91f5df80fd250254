package symphony.rbac;

/** How large a policy may be. Beyond them it is refused, so that no file can take the memory or the time of this process. */
final class Limits {
    static final int FILE_BYTES = 1 << 20;
    static final int ROLES = 1_000;
    static final int PRINCIPALS = 10_000;
    static final int GRANTS = 20_000;
    static final int COMMENT_CHARS = 4_096;

    /** Roles that stand one in the other, the outermost counted. */
    static final int ROLE_DEPTH = 16;

    /** Roles that one principal has, by itself and by its roles. */
    static final int ROLES_OF_PRINCIPAL = 100;

    private Limits() {}
}
