package symphony.segmentlog;

import org.osgi.annotation.versioning.ProviderType;

/** What a reader comes upon: a frame, or a range in which there is none though there should be. */
@ProviderType
public sealed interface LogItem permits Frame, Gap {
    /**
     * Where it begins.
     *
     * @return its position
     */
    Position position();

    /**
     * Where the next item is read from.
     *
     * @return the position behind this one
     */
    Position next();
}
