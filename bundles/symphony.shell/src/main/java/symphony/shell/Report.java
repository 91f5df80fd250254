package symphony.shell;

import java.util.List;

/** A result that knows how it looks. Scripts use its other methods. */
interface Report {
    /**
     * How it looks.
     *
     * @param width columns there are
     * @param paint colours there are
     * @return harmless lines
     */
    List<String> lines(int width, Paint paint);

    /** In one line, for a place within something else. */
    default String brief() {
        return String.join(" ", lines(Integer.MAX_VALUE, Paint.NONE));
    }
}
