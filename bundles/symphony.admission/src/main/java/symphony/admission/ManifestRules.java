package symphony.admission;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import java.util.jar.Attributes;
import org.osgi.framework.Constants;
import symphony.component.Excerpt;
import symphony.component.Principal;

/** What a bundle may not say of itself: it would become a part of the framework or of ours, or be taken for one. */
final class ManifestRules {
    private static final String OURS = "symphony.";
    private static final String EXTENDER = "osgi.extender";
    private static final int SHOWN = 80;

    private final Predicate<String> isFramework;
    private final BiPredicate<String, String> isTaken;

    /**
     * Rules.
     *
     * @param isFramework whether a symbolic name is one of the framework's
     * @param isTaken whether it is that of a bundle that was there before, at another location than the one given
     */
    ManifestRules(Predicate<String> isFramework, BiPredicate<String, String> isTaken) {
        this.isFramework = isFramework;
        this.isTaken = isTaken;
    }

    /**
     * Judges a manifest.
     *
     * @param location where the bundle comes from
     * @return the symbolic name and the version, for people
     * @throws RefusedException if it says what it may not
     */
    String check(Map<String, String> headers, String location) throws RefusedException {
        String name = name(headers);
        if (isTaken.test(name, location)) {
            throw new RefusedException(
                    "its symbolic name is " + name
                            + ", that of a bundle that was there before, whose place and permissions it would take; name it otherwise");
        }
        checkHost(headers);
        for (var exported : clauses(headers, Constants.EXPORT_PACKAGE)) {
            for (String path : exported.paths()) {
                if ((path + '.').startsWith(OURS)) {
                    throw new RefusedException("it exports package " + Excerpt.of(path, SHOWN)
                            + "; packages named symphony are exported by Symphony only");
                }
            }
        }
        for (var provided : clauses(headers, Constants.PROVIDE_CAPABILITY)) {
            if (isOurs(provided)) {
                throw new RefusedException("it provides a capability "
                        + Excerpt.of(String.join(";", provided.paths()), SHOWN)
                        + " as only a bundle of Symphony does; take it out of " + Constants.PROVIDE_CAPABILITY);
            }
        }
        String version = headers.get(Constants.BUNDLE_VERSION);
        return name + (version == null ? "" : ' ' + Excerpt.of(version.strip(), SHOWN));
    }

    private static List<Manifests.Clause> clauses(Map<String, String> headers, String name) throws RefusedException {
        List<Manifests.Clause> clauses = Manifests.clauses(headers.get(name));
        if (!Manifests.isPlain(clauses)) {
            throw new RefusedException("its header " + name
                    + " would not be read alike by all: quote values as a whole, and nothing else");
        }
        return clauses;
    }

    private static String name(Map<String, String> headers) throws RefusedException {
        String header = headers.get(Constants.BUNDLE_SYMBOLICNAME);
        if (header != null && header.length() > JarLimits.NAME_CHARS) {
            throw new RefusedException("its " + Constants.BUNDLE_SYMBOLICNAME + " has " + header.length()
                    + " characters, " + JarLimits.NAME_CHARS + " are allowed");
        }
        List<Manifests.Clause> clauses = clauses(headers, Constants.BUNDLE_SYMBOLICNAME);
        String name = clauses.size() == 1 && clauses.get(0).paths().size() == 1
                ? clauses.get(0).paths().get(0)
                : "";
        if (!Principal.isSymbolicName(name) || Principal.isById(name)) {
            throw new RefusedException("its " + Constants.BUNDLE_SYMBOLICNAME + " is "
                    + Excerpt.of(headers.get(Constants.BUNDLE_SYMBOLICNAME), SHOWN)
                    + ", must be words of letters, digits, _ and - with dots between; without one it is no bundle");
        }
        return name;
    }

    private void checkHost(Map<String, String> headers) throws RefusedException {
        for (var host : clauses(headers, Constants.FRAGMENT_HOST)) {
            for (String name : host.paths()) {
                if (name.equals(Constants.SYSTEM_BUNDLE_SYMBOLICNAME) || isFramework.test(name)) {
                    throw new RefusedException(
                            "it is an extension of the framework, whose code would run while it is installed");
                }
                if ((name + '.').startsWith(OURS)) {
                    throw new RefusedException(
                            "it is a fragment of " + Excerpt.of(name, SHOWN)
                                    + ", whose permissions its code would have; fragments of Symphony's bundles are not admitted");
                }
            }
        }
        if (headers.get(Constants.EXTENSION_BUNDLE_ACTIVATOR) != null) {
            throw new RefusedException("it has an " + Constants.EXTENSION_BUNDLE_ACTIVATOR
                    + ", which is for extensions of the framework; take it out");
        }
    }

    /** By its name, or as what extends others: the weaver is known by such a one. */
    private static boolean isOurs(Manifests.Clause provided) {
        return provided.paths().stream().anyMatch(path -> (path + '.').startsWith(OURS))
                || provided.paths().contains(EXTENDER)
                        && provided.attributes().stream()
                                .anyMatch(
                                        attribute -> attribute.replace("\\", "").contains(OURS));
    }

    /** A carriage return by itself ends a line for some readers only, and what cannot be seen is cut off by some. */
    static void checkBytes(byte[] manifest) throws RefusedException {
        for (int i = 0; i < manifest.length; i++) {
            byte b = manifest[i];
            boolean lone = b == '\r' && (i + 1 == manifest.length || manifest[i + 1] != '\n');
            if (lone || b >= 0 && b < ' ' && b != '\r' && b != '\n') {
                throw new RefusedException("its manifest has a character that not everybody would read alike, number "
                        + b + " at byte " + i);
            }
        }
    }

    /** Main attributes as headers. Names differ by more than their case. */
    static Map<String, String> headers(Attributes main) {
        var result = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
        main.forEach((name, value) -> result.put(name.toString(), value.toString()));
        return result;
    }
}
