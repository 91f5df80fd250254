package symphony.rbac.weaver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;
import static symphony.rbac.weaver.ClassWeaverTest.call;

import java.io.IOException;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.objectweb.asm.AnnotationVisitor;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import symphony.api.nlp.SecureOperation;
import symphony.api.rbac.AccessDeniedException;
import symphony.api.rbac.RequiresPermission;
import symphony.api.rbac.Unrestricted;

/** Operations as the compiler makes them, woven and called. */
class OperationWeaverTest {
    private static final int MOST = Integer.MAX_VALUE;
    private static final long DAY = 86_400_000;
    private static final String OPERATION = Type.getDescriptor(SecureOperation.class);

    private final Recorder recorder = new Recorder();
    private final RecordingRunner runner = new RecordingRunner();
    private final WovenLoader loader = new WovenLoader(OperationWeaverTest.class);

    @AfterEach
    void end() {
        runner.close();
        recorder.close();
    }

    private Object make(Class<?> type) throws Exception {
        return make(loader, type);
    }

    private static Object make(WovenLoader loader, Class<?> type) throws Exception {
        var constructor = loader.loadClass(type.getName()).getDeclaredConstructor();
        constructor.setAccessible(true);
        return constructor.newInstance();
    }

    private static String internal(Class<?> type) {
        return type.getName().replace('.', '/');
    }

    /** Since the last time. */
    private void ran(String... permissionsAndInputs) {
        assertThat(runner.runs().stream().map(run -> run.permission() + " " + run.input()))
                .containsExactly(permissionsAndInputs);
    }

    private void demanded(String... permissions) {
        assertThat(recorder.asked()).containsExactlyInAnyOrder(permissions);
    }

    private void refuses(Class<?> type, String... reasons) {
        assertThatExceptionOfType(UnguardableException.class)
                .isThrownBy(() -> loader.loadClass(type.getName()))
                .withMessageContainingAll(reasons);
    }

    // ---- what is run, and how ----

    static class Summaries {
        private int calls;

        @SecureOperation(permission = "nlp:summarise:{0}", maxInput = 2_000, timeLimitMillis = 500)
        public String summarise(String model, String text) {
            calls++;
            return model + ":" + text;
        }

        @SecureOperation(permission = "nlp:count:all")
        public void count() {
            calls++;
        }

        public int calls() {
            return calls;
        }
    }

    @Test
    void runsAMethodAsAnOperationWithItsPermissionInputAndLimits() throws Exception {
        Object summaries = make(Summaries.class);
        assertThat(call(summaries, "summarise", "news", "a text")).isEqualTo("news:a text");
        demanded("nlp:summarise:news");
        assertThat(runner.runs())
                .containsExactly(new RecordingRunner.Run(
                        Summaries.class.getName() + ".summarise", "nlp:summarise:news", "newsa text", 2_000, 500));
        assertThat(call(summaries, "count")).isNull();
        assertThat(runner.runs())
                .containsExactly(
                        new RecordingRunner.Run(Summaries.class.getName() + ".count", "nlp:count:all", "", MOST, DAY));
        assertThat(call(summaries, "calls")).isEqualTo(2);
        ran();
    }

    /** Not even that a text is asked for its characters. */
    @Test
    void doesNothingWithTheInputOfADeniedCall() throws Exception {
        Object texts = make(Texts.class);
        CharSequence unread = TestWiring.proxy(CharSequence.class, Map.of()); // fails whatever is asked
        recorder.deny();
        assertThatExceptionOfType(AccessDeniedException.class).isThrownBy(() -> call(texts, "read", unread));
        ran();
        recorder.close();
        assertThatExceptionOfType(AccessDeniedException.class)
                .isThrownBy(() -> call(texts, "read", unread))
                .withMessageContaining("start the bundle symphony.rbac.weaver");
        ran();
    }

    @Test
    void runsNothingWhileNobodyRunsOperations() throws Exception {
        Object summaries = make(Summaries.class);
        runner.close();
        assertThatExceptionOfType(AccessDeniedException.class)
                .isThrownBy(() -> call(summaries, "count"))
                .withMessageContainingAll("nlp:count:all", "Summaries.count", "symphony.rbac.weaver");
        assertThat(call(summaries, "calls")).isEqualTo(0);
    }

    static class Texts {
        @SecureOperation(permission = "nlp:read:x", maxInput = 10)
        public int read(CharSequence text) {
            return text.length();
        }

        @SecureOperation(permission = "nlp:all:x")
        public static String all(
                boolean a, char b, short c, byte d, int e, float f, double g, long h, String i, byte[] j, char[] k) {
            return "" + a + b + c + d + e + f + g + h + i + j.length + k.length;
        }

        @SecureOperation(permission = "nlp:several:x", maxInput = 10)
        public synchronized long several(long first, String... rest) {
            assertThat(Thread.holdsLock(this)).isTrue();
            return first + rest.length;
        }

        @SecureOperation(permission = "nlp:half:x")
        protected final double half(double whole) {
            return whole / 2;
        }

        @SecureOperation(permission = "nlp:hidden:x")
        private boolean hidden(Object... any) {
            return any.length > 0;
        }

        public boolean callHidden() {
            return hidden(new StringBuilder("a"), new byte[] {(byte) 0xe4}, 'x', null, List.of("unseen"));
        }
    }

    @Test
    void takesArgumentsAndResultsOfAllTypes() throws Exception {
        Object texts = make(Texts.class);
        assertThat(call(
                        texts.getClass(),
                        "all",
                        true,
                        'c',
                        (short) 1,
                        (byte) 2,
                        3,
                        4f,
                        5d,
                        6L,
                        "text",
                        new byte[] {65, (byte) 0xe4},
                        new char[] {'Z'}))
                .isEqualTo("truec1234.05.06text21");
        ran("nlp:all:x textAäZ");
        assertThat(call(texts, "several", 40L, new String[] {"a", "b"})).isEqualTo(42L);
        ran("nlp:several:x ab");
        assertThat(call(texts, "half", 3d)).isEqualTo(1.5);
        ran("nlp:half:x ");
        assertThat(call(texts, "callHidden")).isEqualTo(true);
        ran("nlp:hidden:x aä");
        assertThat(call(texts, "read", new StringBuilder("abc"))).isEqualTo(3);
        ran("nlp:read:x abc");
    }

    @SuppressWarnings("serial")
    static final class Odd extends Throwable {}

    static class Failing {
        @SecureOperation(permission = "nlp:fail:x")
        public void fail(Throwable with) throws Throwable {
            throw with;
        }
    }

    @Test
    void throwsWhatTheMethodThrows() throws Exception {
        Object failing = make(Failing.class);
        Method fail = failing.getClass().getMethod("fail", Throwable.class);
        fail.setAccessible(true);
        for (Throwable thrown : List.of(
                new IOException("gone"), new IllegalStateException("broken"), new StackOverflowError(), new Odd())) {
            assertThatExceptionOfType(InvocationTargetException.class)
                    .isThrownBy(() -> fail.invoke(failing, thrown))
                    .satisfies(e -> assertThat(e.getCause()).isSameAs(thrown));
        }
        assertThat(runner.runs()).hasSize(4);
    }

    /** Frames of all kinds, which move with the code. */
    static class Branching {
        @SecureOperation(permission = "nlp:branch:x")
        public String branch(String text, int times) {
            var all = new ArrayList<String>();
            Function<String, String> upper = s -> s.toUpperCase(Locale.ROOT) + times;
            for (int i = 0; i < times; i++) {
                try {
                    all.add(i % 2 == 0 ? upper.apply(text) : text);
                } catch (IllegalStateException e) {
                    all.add(e.getMessage());
                } finally {
                    all.add("|");
                }
            }
            Callable<String> local = new Callable<>() {
                @Override
                public String call() {
                    return String.join("", all);
                }
            };
            assertThat(local.getClass().getEnclosingMethod().getName()).isEqualTo("branch");
            try {
                return local.call();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }

        @SecureOperation(permission = "nlp:again:{0}")
        public int again(int times) {
            return times == 0 ? 0 : 1 + again(times - 1);
        }
    }

    @Test
    void movesCodeOfAnyShape() throws Exception {
        Object branching = make(Branching.class);
        assertThat(call(branching, "branch", "a", 2)).isEqualTo("A2|a|");
        ran("nlp:branch:x a");
        assertThat(call(branching, "again", 2)).isEqualTo(2);
        ran("nlp:again:2 ", "nlp:again:1 ", "nlp:again:0 "); // each call is one
    }

    record Utterance(String text) {
        @Override
        @SecureOperation(permission = "nlp:text:x")
        public String text() {
            return text;
        }
    }

    enum Mode {
        FAST {
            @Override
            String ask(String text) {
                return "fast " + text;
            }
        };

        @SecureOperation(permission = "nlp:ask:x")
        abstract String ask(String text);
    }

    @Test
    void runsMethodsOfRecordsAndEnums() throws Exception {
        var constructor = loader.loadClass(Utterance.class.getName()).getDeclaredConstructor(String.class);
        constructor.setAccessible(true);
        assertThat(call(constructor.newInstance("light"), "text")).isEqualTo("light");
        ran("nlp:text:x ");
        Object fast = loader.loadClass(Mode.class.getName()).getEnumConstants()[0];
        assertThat(call(fast, "ask", "a")).isEqualTo("fast a");
        ran("nlp:ask:x a");
    }

    // ---- whom the annotation reaches ----

    interface Asks<T> {
        @SecureOperation(permission = "nlp:ask:x", maxInput = 100)
        Object ask(T question);
    }

    abstract static class Base<T> implements Asks<T> {
        @Override
        @SecureOperation(permission = "nlp:ask:x", maxInput = 200, timeLimitMillis = 20)
        public abstract String ask(T question);
    }

    static class Bot extends Base<String> {
        @Override
        @RequiresPermission("nlp:ask:x")
        @RequiresPermission("bot:use:it")
        public String ask(String question) {
            return "re: " + question;
        }
    }

    static class LoudBot extends Bot {
        @Override
        public String ask(String question) {
            return super.ask(question) + "!";
        }
    }

    @Test
    void reachesWhatOverridesAndImplementsWithTheSmallestLimits() throws Exception {
        Object bot = make(Bot.class);
        assertThat(call(bot, "ask", "a")).isEqualTo("re: a");
        demanded("nlp:ask:x", "bot:use:it");
        assertThat(runner.runs())
                .containsExactly(new RecordingRunner.Run(Bot.class.getName() + ".ask", "nlp:ask:x", "a", 100, 20));
        assertThat(recorder.checks()).isEqualTo(1);
    }

    @Test
    void runsOnceThroughBridges() throws Exception {
        Object bot = make(Bot.class);
        List<Method> bridges = Stream.of(bot.getClass().getDeclaredMethods())
                .filter(Method::isBridge)
                .toList();
        assertThat(bridges).isNotEmpty();
        for (Method bridge : bridges) {
            bridge.setAccessible(true);
            assertThat(bridge.invoke(bot, "a")).isEqualTo("re: a");
            ran("nlp:ask:x a");
        }
    }

    @Test
    void isAnotherOperationWhereItCallsTheOneThatItOverrides() throws Exception {
        assertThat(call(make(LoudBot.class), "ask", "a")).isEqualTo("re: a!");
        ran("nlp:ask:x a", "nlp:ask:x a");
    }

    static class Plain {
        public String ask(String question) {
            return "plain " + question;
        }
    }

    static class Inheriting extends Plain implements Asks<String> {}

    /** The class has no such method, and the one that it inherits knows nothing of the interface. */
    @Test
    void runsWhatAClassInheritsForAnInterface() throws Exception {
        Object inheriting = make(Inheriting.class);
        assertThat(call(inheriting, "ask", "a")).isEqualTo("plain a");
        ran("nlp:ask:x a");
        Method bridge = inheriting.getClass().getMethod("ask", Object.class);
        bridge.setAccessible(true);
        assertThat(bridge.invoke(inheriting, "b")).isEqualTo("plain b");
        ran("nlp:ask:x b");
        assertThat(call(make(Plain.class), "ask", "a")).isEqualTo("plain a");
        ran();
    }

    static class OfPackage {
        @SecureOperation(permission = "nlp:ask:x")
        public String ask(String question) {
            return question;
        }
    }

    public static class OfAll extends OfPackage {}

    /** A method that is said to be the compiler's is not believed to call the one that it overrides. */
    @Test
    void runsWhatIsMarkedAsABridgeAndIsNone() throws Exception {
        var writer = new ClassWriter(0);
        new ClassReader(LoaderTypes.bytes(getClass().getClassLoader(), internal(Silent.class))
                        .orElseThrow())
                .accept(
                        new ClassVisitor(ClassSummary.ASM, writer) {
                            @Override
                            public MethodVisitor visitMethod(
                                    int access, String name, String descriptor, String signature, String[] exceptions) {
                                int flags = name.equals("ask") ? Opcodes.ACC_BRIDGE | Opcodes.ACC_SYNTHETIC : 0;
                                return super.visitMethod(access | flags, name, descriptor, signature, exceptions);
                            }
                        },
                        0);
        loader.with(internal(Silent.class), writer.toByteArray());
        Object silent = make(Silent.class);
        Method ask = silent.getClass().getMethod("ask", String.class);
        ask.setAccessible(true);
        assertThat(ask.invoke(silent, "a")).isEqualTo("silent a");
        ran("nlp:ask:x a");
    }

    static class Silent extends OfPackage {
        @Override
        public String ask(String question) {
            return "silent " + question;
        }
    }

    /** The compiler gives the public class a method that calls the inherited one, with its annotations. */
    @Test
    void runsOnceWhereACompilerMakesAMethodVisible() throws Exception {
        Object all = make(OfAll.class);
        Method visible = all.getClass().getDeclaredMethod("ask", String.class);
        assertThat(visible.isBridge()).isTrue();
        assertThat(visible.invoke(all, "a")).isEqualTo("a");
        demanded("nlp:ask:x");
        ran("nlp:ask:x a");
    }

    interface WithCode {
        @SecureOperation(permission = "nlp:default:{0}")
        default String byDefault(String text) {
            return inside(text) + ofAll(text);
        }

        @SecureOperation(permission = "nlp:static:{0}")
        static String ofAll(String text) {
            return "static " + text;
        }

        @SecureOperation(permission = "nlp:private:{0}")
        private String inside(String text) {
            return "inside " + text;
        }
    }

    static class OfCode implements WithCode {}

    @Test
    void runsTheCodeOfInterfaces() throws Exception {
        Method byDefault = loader.loadClass(WithCode.class.getName()).getMethod("byDefault", String.class);
        byDefault.setAccessible(true);
        assertThat(byDefault.invoke(make(OfCode.class), "a")).isEqualTo("inside astatic a");
        ran("nlp:default:a a", "nlp:private:a a", "nlp:static:a a");
    }

    @Test
    void runsWhatAProxyCalls() throws Exception {
        Class<?> asks = loader.loadClass(Asks.class.getName());
        Object bot = make(Bot.class);
        Object proxy = Proxy.newProxyInstance(loader, new Class<?>[] {asks}, (self, method, arguments) -> {
            method.setAccessible(true);
            return method.invoke(bot, arguments);
        });
        assertThat(call(proxy, "ask", "a")).isEqualTo("re: a");
        ran("nlp:ask:x a");
    }

    // ---- what is seen of it ----

    @Retention(RetentionPolicy.RUNTIME)
    @interface Noted {}

    static class Seen {
        @Noted
        @SecureOperation(permission = "nlp:see:x")
        public final synchronized <T extends CharSequence> List<T> see(@Noted T text, String... more)
                throws IOException {
            throw new IOException("seen"); // this line
        }
    }

    @Test
    void leavesAllButTheCodeAtTheMethod() throws Exception {
        Class<?> woven = loader.loadClass(Seen.class.getName());
        Method before = Seen.class.getMethod("see", CharSequence.class, String[].class);
        Method after = woven.getMethod("see", CharSequence.class, String[].class);
        assertThat(after.getModifiers()).isEqualTo(before.getModifiers());
        assertThat(after.isVarArgs()).isTrue();
        assertThat(Arrays.toString(after.getAnnotations())).isEqualTo(Arrays.toString(before.getAnnotations()));
        assertThat(Arrays.deepToString(after.getParameterAnnotations()))
                .isEqualTo(Arrays.deepToString(before.getParameterAnnotations()))
                .contains("Noted");
        assertThat(after.toGenericString().replace(woven.getTypeName(), ""))
                .isEqualTo(before.toGenericString().replace(Seen.class.getTypeName(), ""));
        Method inner = Stream.of(woven.getDeclaredMethods())
                .filter(method -> !method.equals(after))
                .reduce((one, other) -> {
                    throw new AssertionError(other);
                })
                .orElseThrow();
        assertThat(inner.isSynthetic()).isTrue();
        assertThat(Modifier.toString(inner.getModifiers())).isEqualTo("private");
        assertThat(inner.getAnnotations()).isEmpty();
    }

    @Test
    void tellsInStackTracesWhereItWas() throws Exception {
        Throwable thrown = catchThrowable(() -> call(make(Seen.class), "see", "a", new String[0]));
        StackTraceElement[] woven = Stream.of(thrown.getStackTrace())
                .filter(element -> element.getClassName().equals(Seen.class.getName()))
                .toArray(StackTraceElement[]::new);
        assertThat(woven).extracting(StackTraceElement::getMethodName).containsExactly("see$operation", "see");
        assertThat(woven).extracting(StackTraceElement::getFileName).containsOnly("OperationWeaverTest.java");
        assertThat(woven[0].getLineNumber()).isPositive();
        assertThat(woven[1].getLineNumber()).isEqualTo(woven[0].getLineNumber()); // its first one
    }

    static class Taken {
        @SecureOperation(permission = "nlp:ask:x")
        public String ask(String text) {
            return ask$operation(text);
        }

        @SecureOperation(permission = "nlp:more:x")
        public String ask(String text, int more) {
            return text + more;
        }

        private String ask$operation(String text) {
            return "own " + text;
        }
    }

    @Test
    void takesNoNameThatIsThereAlready() throws Exception {
        Object taken = make(Taken.class);
        assertThat(call(taken, "ask", "a")).isEqualTo("own a");
        assertThat(call(taken, "ask", "a", 1)).isEqualTo("a1");
        ran("nlp:ask:x a", "nlp:more:x a");
    }

    @Test
    void runsOnceWhatIsWovenTwice() throws Exception {
        for (Class<?> type : List.of(Summaries.class, Bot.class, Inheriting.class, OfAll.class, WithCode.class)) {
            byte[] woven = loader.weave(internal(type)).orElseThrow();
            assertThat(new WovenLoader(type).with(internal(type), woven).weave(internal(type)))
                    .as(type.getName())
                    .isEmpty();
        }
    }

    @Test
    void knowsClassesThatAreLoadedTwiceApart() throws Exception {
        Object one = make(Summaries.class);
        Object other = make(new WovenLoader(OperationWeaverTest.class), Summaries.class);
        call(one, "count");
        call(other, "count");
        call(other, "count");
        assertThat(List.of(call(one, "calls"), call(other, "calls"))).containsExactly(1, 2);
        assertThat(runner.runs()).hasSize(3);
    }

    // ---- what is not loaded ----

    static class Native {
        @SecureOperation(permission = "a:b:c")
        public native void call();
    }

    static class WithLambda {
        public Object make() {
            Asks<String> unguarded = question -> question;
            return unguarded;
        }
    }

    static class Two extends Base<String> {
        @Override
        @SecureOperation(permission = "nlp:other:x")
        public String ask(String question) {
            return question;
        }
    }

    static class Other {
        @SecureOperation(permission = "nlp:other:x")
        public String ask(String question) {
            return question;
        }
    }

    static class InheritingAnother extends Other implements Asks<String> {}

    static class Negative {
        @SecureOperation(permission = "a:b:c", maxInput = -5)
        public void call(String text) {}
    }

    static class NegativeTime {
        @SecureOperation(permission = "a:b:c", timeLimitMillis = -1)
        public void call() {}
    }

    static class TooLong {
        @SecureOperation(permission = "a:b:c", timeLimitMillis = 86_400_001)
        public void call() {}
    }

    static class Malformed {
        @SecureOperation(permission = "a:b")
        public void call() {}
    }

    static class OfText {
        @SecureOperation(permission = "a:b:{0}")
        public void call(CharSequence changing) {}
    }

    static class Contradicting {
        @Unrestricted
        @SecureOperation(permission = "a:b:c")
        public void call() {}
    }

    @interface Member {
        @SecureOperation(permission = "a:b:c")
        String value();
    }

    static class Nothing {
        @SecureOperation(permission = "a:b:c", maxInput = 5)
        public void call(List<String> texts, int[] numbers, String[][] table, char one) {}
    }

    @Test
    void refusesWhatCannotBeAnOperation() {
        refuses(Native.class, "Native.call", "native");
        refuses(WithLambda.class, "WithLambda.make", "Asks", "write a class");
        refuses(Two.class, "Two.ask", "nlp:other:x and nlp:ask:x", "the same permission");
        refuses(InheritingAnother.class, "InheritingAnother.ask", "nlp:ask:x", "nlp:other:x", "the same permission");
        refuses(Negative.class, "@SecureOperation of", "Negative.call", "maxInput is -5", "1 or more");
        refuses(NegativeTime.class, "NegativeTime.call", "timeLimitMillis is -1", "1 to 86400000");
        refuses(TooLong.class, "TooLong.call", "timeLimitMillis is 86400001");
        refuses(Malformed.class, "@SecureOperation of", "Malformed.call", "a:b");
        refuses(OfText.class, "OfText.call", "{0}", "java.lang.CharSequence");
        refuses(Contradicting.class, "Contradicting.call", "@Unrestricted and @SecureOperation");
        refuses(Member.class, "Member", "it is an annotation");
    }

    @Test
    void refusesALimitOfAnInputThatThereCannotBe() {
        refuses(Nothing.class, "Nothing.call", "maxInput", "limits nothing");
    }

    abstract static class OwnText implements CharSequence {}

    abstract static class Narrow extends OwnText {}

    static class Inputs {
        @SecureOperation(permission = "a:b:c", maxInput = 5)
        public void own(Narrow text) {}

        @SecureOperation(permission = "a:b:c", maxInput = 5)
        public <T> void any(T text) {}

        @SecureOperation(permission = "a:b:c", maxInput = 5)
        public void builder(StringBuilder text) {}

        @SecureOperation(permission = "a:b:c", maxInput = 5)
        public void bytes(byte[] text) {}

        @SecureOperation(permission = "a:b:c", maxInput = 5)
        public void several(char[]... texts) {}
    }

    @Test
    void loadsWhatCanHaveInput() {
        assertThatCode(() -> make(Inputs.class)).doesNotThrowAnyException();
    }

    // ---- what no compiler makes ----

    private static void annotate(AnnotationVisitor annotation) {
        annotation.visit("permission", "a:b:c");
        annotation.visitEnd();
    }

    private static ClassWriter begin(String name) {
        var writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
        writer.visit(Opcodes.V17, Opcodes.ACC_PUBLIC, name, null, "java/lang/Object", null);
        return writer;
    }

    @Test
    void refusesAnOperationThatIsATypeOrAConstructor() {
        var type = begin("p/OnType");
        annotate(type.visitAnnotation(OPERATION, true));
        assertThatExceptionOfType(UnguardableException.class)
                .isThrownBy(() -> loader.with("p/OnType", type.toByteArray()).loadClass("p.OnType"))
                .withMessageContaining("stands on the type p.OnType");
        var constructed = begin("p/Constructed");
        MethodVisitor constructor = constructed.visitMethod(Opcodes.ACC_PUBLIC, "<init>", "()V", null, null);
        annotate(constructor.visitAnnotation(OPERATION, true));
        constructor.visitCode();
        constructor.visitVarInsn(Opcodes.ALOAD, 0);
        constructor.visitMethodInsn(Opcodes.INVOKESPECIAL, "java/lang/Object", "<init>", "()V", false);
        constructor.visitInsn(Opcodes.RETURN);
        constructor.visitMaxs(0, 0);
        constructor.visitEnd();
        assertThatExceptionOfType(UnguardableException.class)
                .isThrownBy(() ->
                        loader.with("p/Constructed", constructed.toByteArray()).loadClass("p.Constructed"))
                .withMessageContaining("constructor of p.Constructed");
    }

    /** With a method that returns its last argument. */
    private static byte[] withWords(int words, boolean isStatic) {
        var writer = begin("p/Words");
        MethodVisitor constructor = writer.visitMethod(Opcodes.ACC_PUBLIC, "<init>", "()V", null, null);
        constructor.visitCode();
        constructor.visitVarInsn(Opcodes.ALOAD, 0);
        constructor.visitMethodInsn(Opcodes.INVOKESPECIAL, "java/lang/Object", "<init>", "()V", false);
        constructor.visitInsn(Opcodes.RETURN);
        constructor.visitMaxs(0, 0);
        constructor.visitEnd();
        int access = Opcodes.ACC_PUBLIC | (isStatic ? Opcodes.ACC_STATIC : 0);
        int arguments = isStatic ? words : words - 1;
        MethodVisitor method = writer.visitMethod(access, "last", "(" + "I".repeat(arguments) + ")I", null, null);
        annotate(method.visitAnnotation(OPERATION, true));
        method.visitCode();
        method.visitVarInsn(Opcodes.ILOAD, words - 1);
        method.visitInsn(Opcodes.IRETURN);
        method.visitMaxs(0, 0);
        method.visitEnd();
        return writer.toByteArray();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void takesAsManyWordsOfArgumentsAsAMethodHandleDoes(boolean isStatic) throws Exception {
        Object words = loader.with("p/Words", withWords(isStatic ? 249 : 250, isStatic))
                .loadClass("p.Words")
                .getDeclaredConstructor()
                .newInstance();
        Object[] arguments = Stream.iterate(1, i -> i + 1).limit(249).toArray();
        assertThat(call(isStatic ? words.getClass() : words, "last", arguments)).isEqualTo(249);
        ran("a:b:c ");
        var fresh = new WovenLoader("none").with("p/Words", withWords(251, isStatic));
        assertThatExceptionOfType(UnguardableException.class)
                .isThrownBy(() -> fresh.loadClass("p.Words"))
                .withMessageContainingAll("p.Words.last", "words of arguments, must be at most 250");
    }
}
