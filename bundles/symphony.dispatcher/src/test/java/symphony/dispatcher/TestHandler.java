package symphony.dispatcher;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.osgi.framework.Version;
import symphony.api.event.EventHandler;
import symphony.api.event.HandlerConstants;

/** A handler service of a test. */
final class TestHandler implements HandlerSource {
    static final Owner ACME = new Owner("acme", new Version("1.0.0"), 7);
    private static final AtomicLong IDS = new AtomicLong(100);

    final AtomicInteger gets = new AtomicInteger();
    final AtomicInteger ungets = new AtomicInteger();
    private final long id = IDS.incrementAndGet();
    private final Object handler;
    private final Owner owner;
    private volatile Map<String, Object> properties;
    private volatile Map<String, Object> later;
    private volatile boolean programmatic;
    private volatile boolean stopping;
    private volatile boolean takingOver;
    private final Map<String, Class<?>> types = new ConcurrentHashMap<>();
    private volatile UnaryOperator<Object> giving = UnaryOperator.identity();

    private TestHandler(Owner owner, Object handler, Map<String, Object> properties) {
        this.owner = owner;
        this.handler = handler;
        this.properties = properties;
    }

    /** A handler of bundle acme; further properties come in pairs. */
    static TestHandler of(String topic, EventHandler handler, Object... properties) {
        return any(ACME, topic, handler, properties);
    }

    static TestHandler any(Owner owner, String topic, Object handler, Object... properties) {
        return new TestHandler(owner, handler, map(topic, properties));
    }

    private static Map<String, Object> map(String topic, Object... pairs) {
        var map = new HashMap<String, Object>();
        map.put(HandlerConstants.TOPICS, topic);
        for (int i = 0; i < pairs.length; i += 2) {
            map.put((String) pairs[i], pairs[i + 1]);
        }
        return map;
    }

    /** Its bundle stops from now on. */
    void stops() {
        stopping = true;
    }

    @Override
    public boolean isStopping() {
        return stopping;
    }

    /** Another bundle of its name was installed before its own. */
    TestHandler takingOver(boolean on) {
        takingOver = on;
        return this;
    }

    @Override
    public boolean takesOver() {
        return takingOver;
    }

    /** What it gives whoever fetches it, instead of the handler. */
    void gives(UnaryOperator<Object> instead) {
        giving = instead;
    }

    /** From now on its bundle has a class of this name. */
    void loads(String name, Class<?> type) {
        types.put(name, type);
    }

    TestHandler byProgram() {
        programmatic = true;
        return this;
    }

    void set(String topic, Object... pairs) {
        properties = map(topic, pairs);
    }

    /** Properties of any type. */
    void setAll(Map<String, Object> all) {
        properties = all;
    }

    /** Topics of any type. */
    void setRaw(Object topics) {
        properties = Map.of(HandlerConstants.TOPICS, topics);
    }

    @Override
    public long serviceId() {
        return id;
    }

    @Override
    public int ranking() {
        return 0;
    }

    @Override
    public Owner owner() {
        return owner;
    }

    /** Properties that replace the present ones once those were read, as if another thread changed them meanwhile. */
    void setAfterReading(String topic, Object... pairs) {
        later = map(topic, pairs);
    }

    @Override
    public Map<String, ?> properties() {
        Map<String, Object> read = properties;
        if (later != null) {
            properties = later;
            later = null;
        }
        return read;
    }

    @Override
    public String defaultName() {
        return "handler";
    }

    @Override
    public boolean programmatic() {
        return programmatic;
    }

    @Override
    public Object get() {
        gets.incrementAndGet();
        return giving.apply(handler);
    }

    @Override
    public void unget() {
        ungets.incrementAndGet();
    }

    @Override
    public Class<?> loadType(String name) throws ClassNotFoundException {
        Class<?> own = types.get(name);
        return own == null ? Class.forName(name, true, TestHandler.class.getClassLoader()) : own;
    }
}
