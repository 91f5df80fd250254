package symphony.rbac;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import symphony.component.Principal;
import symphony.rbac.PolicyText.Entry;
import symphony.rbac.PolicyText.Kind;
import symphony.rbac.PolicyText.RoleName;

/** Reads the text of a policy. What is not in the format is refused with its place; nothing is passed over. One thread only. */
final class PolicyReader {
    private static final int VERSION = 1;
    private static final String COMMENT = "comment";
    private static final Pattern ROLE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,99}");
    private static final Pattern USER = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.@-]{0,99}");
    private static final Pattern FINGERPRINT = Pattern.compile("[0-9a-f]{64}");
    private static final int MAX_BUNDLE_CHARS = 255;
    private static final int MAX_NAME_CHARS = 100;
    private static final byte[] MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

    private final String source;
    private final Set<String> systemBundles;
    private final PolicyJson json;
    private final List<Entry> roles = new ArrayList<>();
    private final List<Entry> bundles = new ArrayList<>();
    private final List<Entry> users = new ArrayList<>();
    private int rules;
    private boolean hasVersion;

    private PolicyReader(String source, Set<String> systemBundles, String text) throws PolicyException {
        this.source = source;
        this.systemBundles = systemBundles;
        this.json = new PolicyJson(text);
    }

    /**
     * Reads a policy.
     *
     * @param source what rules call it, for people
     * @param systemBundles names of the system bundle, which can be granted nothing
     * @param content UTF-8
     * @throws PolicyException if it is not in the format; says what, where, and how to mend it
     */
    static PolicyText read(String source, Set<String> systemBundles, byte[] content) throws PolicyException {
        if (content.length > Limits.FILE_BYTES) {
            throw new PolicyException(
                    "", "it has " + content.length + " bytes, at most " + Limits.FILE_BYTES + " are allowed", null);
        }
        var reader = new PolicyReader(source, systemBundles, decode(content));
        reader.policy();
        return new PolicyText(
                hash(content), List.copyOf(reader.roles), List.copyOf(reader.bundles), List.copyOf(reader.users));
    }

    static String hash(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-256, which each must have", e);
        }
    }

    private static String decode(byte[] content) throws PolicyException {
        if (content.length >= MARK.length && content[0] == MARK[0] && content[1] == MARK[1] && content[2] == MARK[2]) {
            throw new Position(1, 1).wrong("it begins with a byte order mark; save it as UTF-8 without");
        }
        var bytes = ByteBuffer.wrap(content);
        var decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        try {
            return decoder.decode(bytes).toString();
        } catch (CharacterCodingException e) {
            int at = bytes.position();
            int line = 1;
            int column = 1;
            for (int i = 0; i < at; i++) {
                column = content[i] == '\n' ? 1 : column + 1;
                line += content[i] == '\n' ? 1 : 0;
            }
            throw new PolicyException(
                    new Position(line, column).toString(),
                    String.format("byte 0x%02x is no UTF-8; save it as UTF-8", content[at]),
                    e);
        }
    }

    private void policy() throws PolicyException {
        json.object("the policy", (name, at) -> {
            switch (name) {
                case COMMENT -> comment();
                case "version" -> version();
                case "roles" -> entries(Kind.ROLE, roles, Limits.ROLES);
                case "bundles" -> entries(Kind.BUNDLE, bundles, Limits.PRINCIPALS);
                case "users" -> entries(Kind.USER, users, Limits.PRINCIPALS);
                default -> throw unknown(name, at, "the policy", "version, comment, roles, bundles, users");
            }
        });
        json.end();
        if (!hasVersion) {
            throw new Position(1, 1).wrong("the policy has no member 'version'; write \"version\": " + VERSION);
        }
    }

    private void version() throws PolicyException {
        json.number("version", VERSION);
        hasVersion = true;
    }

    private String comment() throws PolicyException {
        return json.text("a comment", Limits.COMMENT_CHARS);
    }

    private static PolicyException unknown(String name, Position at, String where, String known) {
        return at.wrong("member " + Characters.shown(name) + " of " + where + " is unknown; known are " + known);
    }

    private void entries(Kind kind, List<Entry> into, int most) throws PolicyException {
        json.object(kind + "s", (name, at) -> {
            if (name.equals(COMMENT)) {
                comment();
                return;
            }
            if (into.size() == most) {
                throw at.wrong("there are more than " + most + " " + kind + "s, which are all that are allowed");
            }
            checkName(kind, name, at);
            into.add(entry(kind, name, at));
        });
    }

    private void checkName(Kind kind, String name, Position at) throws PolicyException {
        String wanted =
                switch (kind) {
                    case ROLE -> ROLE.matcher(name).matches() ? "" : plain("_ . -");
                    case USER -> USER.matcher(name).matches() ? "" : plain("_ . @ -");
                    case BUNDLE ->
                        name.equals(Rule.ANY) || name.length() <= MAX_BUNDLE_CHARS && Principal.isSymbolicName(name)
                                ? ""
                                : "a symbolic name, as shop.orders, or * for all bundles";
                };
        if (!wanted.isEmpty()) {
            throw at.wrong("the name of " + kind + " " + Characters.shown(name) + " must be " + wanted);
        }
        if (kind == Kind.BUNDLE && Principal.isById(name)) {
            throw at.wrong(
                    "bundle " + name + " is what bundles without a symbolic name are called by their id, which have no "
                            + "grants of their own; give the bundle a symbolic name");
        }
        if (kind == Kind.BUNDLE && systemBundles.contains(name)) {
            throw at.wrong("bundle " + name + " is the system bundle, which has no grants; take it out");
        }
    }

    private static String plain(String marks) {
        return "1 to " + MAX_NAME_CHARS + " of the letters a to z and A to Z, digits and " + marks
                + ", and begin with a letter or digit";
    }

    private Entry entry(Kind kind, String name, Position at) throws PolicyException {
        String what = kind + " " + name;
        boolean signable = kind == Kind.BUNDLE && !name.equals(Rule.ANY);
        var comment = new StringBuilder();
        var signer = new StringBuilder();
        var its = new ArrayList<RoleName>();
        var grants = new ArrayList<Rule>();
        json.object(what, (member, where) -> {
            switch (member) {
                case COMMENT -> comment.append(comment());
                case "roles" -> json.list("roles of " + what, () -> its.add(role(what, its)));
                case "grants" -> json.list("grants of " + what, () -> grants.add(grant(what)));
                case "signer" -> {
                    if (!signable) {
                        throw where.wrong(what + " has a signer; only a bundle that is named can have one");
                    }
                    signer.append(signer(what));
                }
                default -> throw unknown(member, where, what, "comment, roles, grants" + (signable ? ", signer" : ""));
            }
        });
        return new Entry(kind, name, at, comment.toString(), signer.toString(), List.copyOf(its), List.copyOf(grants));
    }

    private RoleName role(String what, List<RoleName> before) throws PolicyException {
        String name = json.text("a role of " + what, MAX_NAME_CHARS);
        Position at = json.here();
        if (before.stream().anyMatch(role -> role.name().equals(name))) {
            throw at.wrong(
                    "role " + Characters.shown(name) + " stands twice among those of " + what + "; take one out");
        }
        if (before.size() == Limits.ROLES_OF_PRINCIPAL) {
            throw at.wrong(what + " has more than " + Limits.ROLES_OF_PRINCIPAL
                    + " roles, which are all that are allowed; put some into one");
        }
        return new RoleName(name, at);
    }

    private String signer(String what) throws PolicyException {
        String text = json.text("the signer of " + what, Rule.MAX_CHARS);
        if (!FINGERPRINT.matcher(text).matches()) {
            throw json.here()
                    .wrong("the signer of " + what + " is " + Characters.shown(text)
                            + ", must be the SHA-256 of a certificate: 64 of the digits 0 to 9 and a to f");
        }
        return text;
    }

    private Rule grant(String what) throws PolicyException {
        String text = json.text("a grant of " + what, Rule.MAX_CHARS);
        Position at = json.here();
        if (rules == Limits.GRANTS) {
            throw at.wrong("there are more than " + Limits.GRANTS
                    + " grants, which are all that are allowed; use wildcards and roles");
        }
        try {
            return Rule.of(text, rules++, at.line(), source + " line " + at.line() + ": " + what);
        } catch (IllegalArgumentException e) {
            throw new PolicyException(at.toString(), e.getMessage(), e);
        }
    }
}
