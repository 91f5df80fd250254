package symphony.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.PhantomReference;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.reflect.Constructor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Neither a handler's classes are kept by the codec, nor the codec by a handler's classes. */
@Timeout(120)
class ClassLoaderTest {
    enum Size {
        SMALL
    }

    record Part(Size size) {}

    record Whole(int a, List<Part> parts) {}

    /** Loads this test's nested classes itself, as a handler's bundle would. */
    private static final class Bundle extends ClassLoader {
        Bundle() {
            super(ClassLoaderTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                if (loaded != null) {
                    return loaded;
                }
                return name.startsWith(ClassLoaderTest.class.getName() + "$")
                        ? define(name)
                        : super.loadClass(name, resolve);
            }
        }

        private Class<?> define(String name) throws ClassNotFoundException {
            try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
                byte[] bytes = in.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }

    @Test
    void letsGoOfTheClassLoaderOfARecord() throws Exception {
        var codec = new CodecEngine(CodecLimits.DEFAULT);
        var queue = new ReferenceQueue<Object>();
        Reference<Object> loader = useAndDrop(codec, queue);
        assertCollected(queue, loader);
        // the codec itself lived on
        assertThat(codec.normalise(1)).isEqualTo(Map.of("value", 1L));
    }

    /** A method of its own, so that no local variable keeps anything. */
    private static Reference<Object> useAndDrop(CodecEngine codec, ReferenceQueue<Object> queue) throws Exception {
        var bundle = new Bundle();
        Class<?> whole = bundle.loadClass(Whole.class.getName());
        assertThat(whole.getClassLoader() == bundle).isTrue();
        Object value = make(whole);
        byte[] bytes = codec.encode(value);
        // Often enough that reflection generates code. The records are compared by what they hold: their own equals,
        // hashCode
        // and toString are made by the JDK at the first call, which keeps the class loader (JDK 17, and softly JDK 25).
        for (int i = 0; i < 300; i++) {
            Object read = codec.decode(bytes, 0, bytes.length, whole);
            assertThat(read.getClass() == whole).isTrue();
            assertThat(codec.normalise(read)).isEqualTo(Map.of("a", 1L, "parts", List.of(Map.of("size", "SMALL"))));
        }
        return new PhantomReference<>(bundle, queue);
    }

    private static Object make(Class<?> whole) throws ReflectiveOperationException {
        Class<?> part = whole.getClassLoader().loadClass(Part.class.getName());
        Class<?> size = whole.getClassLoader().loadClass(Size.class.getName());
        Object parts = List.of(construct(part, size.getEnumConstants()[0]));
        return construct(whole, 1, parts);
    }

    private static Object construct(Class<?> type, Object... values) throws ReflectiveOperationException {
        Constructor<?> constructor = type.getDeclaredConstructors()[0];
        constructor.setAccessible(true);
        return constructor.newInstance(values);
    }

    @Test
    void isItselfLetGoByTheRecordsItKnew() throws InterruptedException {
        var queue = new ReferenceQueue<Object>();
        Reference<Object> engine = useAndClose(queue);
        assertCollected(queue, engine);
        // the record's class lived on
        assertThat(new Whole(1, null).a()).isEqualTo(1);
    }

    private static Reference<Object> useAndClose(ReferenceQueue<Object> queue) {
        var codec = new CodecEngine(CodecLimits.DEFAULT);
        var value = new Whole(1, List.of(new Part(Size.SMALL)));
        byte[] bytes = codec.encode(value);
        assertThat(codec.decode(bytes, 0, bytes.length, Whole.class)).isEqualTo(value);
        byte[] text = codec.encode("x");
        assertThat(codec.decode(text, 0, text.length, String.class)).isEqualTo("x");
        codec.close();
        return new PhantomReference<>(codec, queue);
    }

    @Test
    void worksOnAfterItWasClosed() {
        var codec = new CodecEngine(CodecLimits.DEFAULT);
        codec.close();
        byte[] bytes = codec.encode(new Part(Size.SMALL));
        assertThat(codec.decode(bytes, 0, bytes.length, Part.class)).isEqualTo(new Part(Size.SMALL));
        codec.close();
    }

    private static void assertCollected(ReferenceQueue<Object> queue, Reference<Object> expected)
            throws InterruptedException {
        Reference<?> collected = null;
        for (long end = System.nanoTime() + 30_000_000_000L; collected == null && System.nanoTime() < end; ) {
            System.gc();
            collected = queue.remove(50);
        }
        assertThat(collected).isSameAs(expected);
    }
}
