package symphony.crypto;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.StandardOpenOption;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.spi.FileSystemProvider;
import java.util.Map;
import java.util.Set;

/**
 * A file system as the platform's, which from a step on changes nothing any more and fails: what lies on the disk then is what a process
 * leaves that is killed there. Steps are what changes something: a file is made, written, forced, moved, deleted. Of what is written in the
 * last one half is there. One thread only.
 */
final class EndingDisk extends FileSystem {
    private final FileSystem disk;
    private final Ending provider = new Ending();
    private int left;

    EndingDisk(FileSystem disk, int steps) {
        this.disk = disk;
        this.left = steps;
    }

    boolean hasEnded() {
        return left < 0;
    }

    /** The same path in this file system. */
    Path path(Path real) {
        return (Path) Proxy.newProxyInstance(
                EndingDisk.class.getClassLoader(), new Class<?>[] {Path.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("getFileSystem")) {
                        return this;
                    }
                    Object[] plain = arguments == null ? new Object[0] : arguments.clone();
                    for (int i = 0; i < plain.length; i++) {
                        plain[i] = plain[i] instanceof Path path ? real(path) : plain[i];
                    }
                    try {
                        Object result = method.invoke(real, plain);
                        return result instanceof Path path ? path(path) : result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private Path real(Path path) {
        return path.getFileSystem() == this ? disk.getPath(path.toString()) : path;
    }

    private void step() throws IOException {
        left--;
        failIfEnded();
    }

    private void failIfEnded() throws IOException {
        if (hasEnded()) {
            throw new IOException("the process was killed before, a test says");
        }
    }

    private static boolean changes(Set<? extends OpenOption> options) {
        return options.contains(StandardOpenOption.CREATE) || options.contains(StandardOpenOption.CREATE_NEW);
    }

    @Override
    public FileSystemProvider provider() {
        return provider;
    }

    private final class Ending extends FileSystemProvider {
        private FileSystemProvider real() {
            return disk.provider();
        }

        @Override
        public SeekableByteChannel newByteChannel(
                Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes) throws IOException {
            return newFileChannel(path, options, attributes);
        }

        @Override
        public FileChannel newFileChannel(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
                throws IOException {
            failIfEnded();
            if (changes(options)) {
                step();
            }
            return new Channel(real().newFileChannel(EndingDisk.this.real(path), options, attributes));
        }

        @Override
        public void createDirectory(Path path, FileAttribute<?>... attributes) throws IOException {
            step();
            real().createDirectory(EndingDisk.this.real(path), attributes);
        }

        @Override
        public void delete(Path path) throws IOException {
            step();
            real().delete(EndingDisk.this.real(path));
        }

        @Override
        public void copy(Path source, Path target, CopyOption... options) throws IOException {
            step();
            real().copy(EndingDisk.this.real(source), EndingDisk.this.real(target), options);
        }

        @Override
        public void move(Path source, Path target, CopyOption... options) throws IOException {
            step();
            real().move(EndingDisk.this.real(source), EndingDisk.this.real(target), options);
        }

        @Override
        public void setAttribute(Path path, String attribute, Object value, LinkOption... options) throws IOException {
            step();
            real().setAttribute(EndingDisk.this.real(path), attribute, value, options);
        }

        @Override
        public String getScheme() {
            return real().getScheme();
        }

        @Override
        public FileSystem newFileSystem(URI uri, Map<String, ?> environment) throws IOException {
            return real().newFileSystem(uri, environment);
        }

        @Override
        public FileSystem getFileSystem(URI uri) {
            return EndingDisk.this;
        }

        @Override
        public Path getPath(URI uri) {
            return path(real().getPath(uri));
        }

        @Override
        public DirectoryStream<Path> newDirectoryStream(Path folder, DirectoryStream.Filter<? super Path> filter)
                throws IOException {
            return real().newDirectoryStream(EndingDisk.this.real(folder), filter);
        }

        @Override
        public boolean isSameFile(Path one, Path other) throws IOException {
            return real().isSameFile(EndingDisk.this.real(one), EndingDisk.this.real(other));
        }

        @Override
        public boolean isHidden(Path path) throws IOException {
            return real().isHidden(EndingDisk.this.real(path));
        }

        @Override
        public FileStore getFileStore(Path path) throws IOException {
            return real().getFileStore(EndingDisk.this.real(path));
        }

        @Override
        public void checkAccess(Path path, AccessMode... modes) throws IOException {
            real().checkAccess(EndingDisk.this.real(path), modes);
        }

        @Override
        public <V extends FileAttributeView> V getFileAttributeView(Path path, Class<V> type, LinkOption... options) {
            return real().getFileAttributeView(EndingDisk.this.real(path), type, options);
        }

        @Override
        public <A extends BasicFileAttributes> A readAttributes(Path path, Class<A> type, LinkOption... options)
                throws IOException {
            return real().readAttributes(EndingDisk.this.real(path), type, options);
        }

        @Override
        public Map<String, Object> readAttributes(Path path, String attributes, LinkOption... options)
                throws IOException {
            return real().readAttributes(EndingDisk.this.real(path), attributes, options);
        }
    }

    private final class Channel extends FileChannel {
        private final FileChannel channel;

        Channel(FileChannel channel) {
            this.channel = channel;
        }

        @Override
        public int write(ByteBuffer bytes) throws IOException {
            if (left == 0) {
                channel.write(bytes.slice(bytes.position(), bytes.remaining() / 2));
            }
            step();
            return channel.write(bytes);
        }

        @Override
        public long write(ByteBuffer[] bytes, int from, int count) throws IOException {
            step();
            return channel.write(bytes, from, count);
        }

        @Override
        public int write(ByteBuffer bytes, long position) throws IOException {
            step();
            return channel.write(bytes, position);
        }

        @Override
        public void force(boolean metadata) throws IOException {
            step();
            channel.force(metadata);
        }

        @Override
        public FileChannel truncate(long size) throws IOException {
            step();
            channel.truncate(size);
            return this;
        }

        @Override
        public long transferFrom(ReadableByteChannel from, long position, long count) throws IOException {
            step();
            return channel.transferFrom(from, position, count);
        }

        @Override
        public int read(ByteBuffer bytes) throws IOException {
            return channel.read(bytes);
        }

        @Override
        public long read(ByteBuffer[] bytes, int from, int count) throws IOException {
            return channel.read(bytes, from, count);
        }

        @Override
        public int read(ByteBuffer bytes, long position) throws IOException {
            return channel.read(bytes, position);
        }

        @Override
        public long position() throws IOException {
            return channel.position();
        }

        @Override
        public FileChannel position(long position) throws IOException {
            channel.position(position);
            return this;
        }

        @Override
        public long size() throws IOException {
            return channel.size();
        }

        @Override
        public long transferTo(long position, long count, WritableByteChannel to) throws IOException {
            return channel.transferTo(position, count, to);
        }

        @Override
        public MappedByteBuffer map(MapMode mode, long position, long size) throws IOException {
            return channel.map(mode, position, size);
        }

        @Override
        public FileLock lock(long position, long size, boolean shared) throws IOException {
            return channel.lock(position, size, shared);
        }

        @Override
        public FileLock tryLock(long position, long size, boolean shared) throws IOException {
            return channel.tryLock(position, size, shared);
        }

        /** What a process has open is closed with it. */
        @Override
        protected void implCloseChannel() throws IOException {
            channel.close();
        }
    }

    @Override
    public void close() {
        throw new UnsupportedOperationException("it is the platform's");
    }

    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public boolean isReadOnly() {
        return disk.isReadOnly();
    }

    @Override
    public String getSeparator() {
        return disk.getSeparator();
    }

    @Override
    public Iterable<Path> getRootDirectories() {
        return disk.getRootDirectories();
    }

    @Override
    public Iterable<FileStore> getFileStores() {
        return disk.getFileStores();
    }

    @Override
    public Set<String> supportedFileAttributeViews() {
        return disk.supportedFileAttributeViews();
    }

    @Override
    public Path getPath(String first, String... more) {
        return path(disk.getPath(first, more));
    }

    @Override
    public PathMatcher getPathMatcher(String pattern) {
        return disk.getPathMatcher(pattern);
    }

    @Override
    public UserPrincipalLookupService getUserPrincipalLookupService() {
        return disk.getUserPrincipalLookupService();
    }

    @Override
    public WatchService newWatchService() throws IOException {
        return disk.newWatchService();
    }
}
