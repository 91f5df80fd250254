package symphony.component;

import java.net.URI;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/**
 * Where state lies: launch property {@value #HOME}, else the data area of the host (Karaf, Eclipse), else a folder in the
 * working directory.
 */
public final class StateHome {
    /** Launch property: the folder itself. */
    public static final String HOME = "symphony.home";

    static final String KARAF = "karaf.data";
    static final String ECLIPSE = "osgi.instance.area";
    static final String OTHERWISE = "symphony-data";

    private static final String FILE_SCHEME = "file:";

    private StateHome() {}

    /**
     * The folder that launch properties name.
     *
     * @param property gives the value of a launch property, or null
     * @return absolute; need not exist
     */
    public static Path of(UnaryOperator<String> property) {
        Path path;
        if (isSet(property.apply(HOME))) {
            path = Path.of(property.apply(HOME));
        } else if (isSet(property.apply(KARAF))) {
            path = Path.of(property.apply(KARAF));
        } else if (isSet(property.apply(ECLIPSE)) && property.apply(ECLIPSE).startsWith(FILE_SCHEME)) {
            path = ofUrl(property.apply(ECLIPSE));
        } else {
            path = Path.of(OTHERWISE);
        }
        return path.toAbsolutePath().normalize();
    }

    private static boolean isSet(String value) {
        return value != null && !value.isBlank();
    }

    /** Eclipse writes spaces and the like as they are, which a URI may not hold. */
    private static Path ofUrl(String url) {
        try {
            return Path.of(URI.create(url));
        } catch (IllegalArgumentException e) {
            return Path.of(url.substring(FILE_SCHEME.length()));
        }
    }
}
