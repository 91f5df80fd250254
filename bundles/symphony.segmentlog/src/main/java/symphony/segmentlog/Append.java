package symphony.segmentlog;

/** A body that waits to be written. */
final class Append extends Entry implements PendingAppend {
    private final SegmentFiles files;
    private final int charge;
    private byte[] body;
    private Position position;

    /**
     * @param body nobody changes it any more
     * @param charge permits to be released once its outcome is known
     */
    Append(SegmentFiles files, byte[] body, int charge) {
        this.files = files;
        this.body = body;
        this.charge = charge;
    }

    byte[] body() {
        return body;
    }

    int charge() {
        return charge;
    }

    /** It was put into the segment, and is no longer needed. */
    void put(Position where) {
        position = where;
        body = null;
    }

    @Override
    public Position await() throws SegmentLogException {
        try {
            awaitDone();
            return position;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AppendInterruptedException(
                    true,
                    files.prefix() + "interrupted while the append was being written; whether it is stored is unknown",
                    e);
        }
    }
}
