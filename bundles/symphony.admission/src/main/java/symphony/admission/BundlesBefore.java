package symphony.admission;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.osgi.framework.Bundle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.component.OwnerOnly;

/**
 * The bundles that were there before this one was started for the first time: they are not judged. Which ones is kept in this bundle's own
 * part of the framework's cache, so that it lives as long as they do, and no restart makes more of them. One that was updated since is not
 * one of them any more. Thread-safe.
 */
final class BundlesBefore {
    /** @param modified when it was installed or updated last, as the framework tells it */
    private record Known(String symbolicName, long modified, String location) {}

    private static final Logger log = LoggerFactory.getLogger(BundlesBefore.class);
    private static final int FIELDS = 4;

    private final Optional<Path> file;
    private final Map<Long, Known> known = new ConcurrentHashMap<>();

    private BundlesBefore(Optional<Path> file) {
        this.file = file;
    }

    /**
     * Reads them, or writes down those that are there now.
     *
     * @param file where; empty if the framework keeps none, then those that are there now are taken each time
     */
    static BundlesBefore of(Optional<Path> file, Bundle[] now) {
        var result = new BundlesBefore(file);
        if (file.isPresent() && Files.exists(file.get())) {
            result.read(file.get());
        } else {
            for (Bundle bundle : now) {
                result.known.put(bundle.getBundleId(), known(bundle));
            }
            file.ifPresent(result::write);
        }
        return result;
    }

    private static Known known(Bundle bundle) {
        return new Known(
                String.valueOf(bundle.getSymbolicName()), bundle.getLastModified(), oneLine(bundle.getLocation()));
    }

    private static String oneLine(String location) {
        return location.replace('\n', ' ').replace('\r', ' ');
    }

    /** The framework itself is always one. */
    boolean contains(Bundle bundle) {
        return bundle.getBundleId() == 0 || known(bundle).equals(known.get(bundle.getBundleId()));
    }

    /** A bundle has gone: its name is free. */
    synchronized void forget(Bundle bundle) {
        if (known.remove(bundle.getBundleId()) != null) {
            file.ifPresent(this::write);
        }
    }

    /** Whether a symbolic name is that of one of them that is somewhere else. */
    boolean hasName(String symbolicName, String location) {
        return known.values().stream()
                .anyMatch(each -> each.symbolicName.equals(symbolicName) && !each.location.equals(oneLine(location)));
    }

    private void read(Path place) {
        try {
            for (String line : Files.readAllLines(place, StandardCharsets.UTF_8)) {
                String[] fields = line.split(" ", FIELDS);
                known.put(
                        Long.parseLong(fields[0]), new Known(fields[1], Long.parseLong(fields[2]), fields[FIELDS - 1]));
            }
        } catch (IOException | IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
            known.clear(); // all or nothing: no more are trusted than were written
            log.error(
                    "{}: {} cannot be read, so all bundles are judged; delete it to let those run that are there now",
                    Admission.PID,
                    place,
                    e);
        }
    }

    private synchronized void write(Path place) {
        List<String> lines = new ArrayList<>();
        known.forEach(
                (id, each) -> lines.add(id + " " + each.symbolicName + ' ' + each.modified + ' ' + each.location));
        try {
            OwnerOnly.write(place, (String.join("\n", lines) + '\n').getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            log.error(
                    "{}: which bundles were there before cannot be kept in {}; after a restart those that are there then are not judged",
                    Admission.PID,
                    place,
                    e);
        }
    }
}
