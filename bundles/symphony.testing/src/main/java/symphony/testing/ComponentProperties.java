package symphony.testing;

import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * The properties that the annotations of a component class came to. The annotations are not in the class file at run time;
 * the build writes what they say to {@code OSGI-INF/<class name>.xml} beside the classes, and there it is read.
 *
 * @param name the component's name
 * @param properties its properties
 */
record ComponentProperties(String name, Map<String, Object> properties) {
    private static final Map<String, Function<String, Object>> TYPES = Map.of(
            "String", text -> text,
            "Boolean", Boolean::valueOf,
            "Byte", Byte::valueOf,
            "Short", Short::valueOf,
            "Integer", Integer::valueOf,
            "Long", Long::valueOf,
            "Float", Float::valueOf,
            "Double", Double::valueOf);

    static ComponentProperties of(Class<?> component) {
        String file = "OSGI-INF/" + component.getName() + ".xml";
        try (InputStream xml = open(component, file)) {
            if (xml == null) {
                throw new IllegalArgumentException("no " + file + " on the class path, so the properties of "
                        + component.getName() + " are not known; is it a @Component, and has bnd run before the tests"
                        + " (goal bnd-process or jar)? Or give them: handler(handler, Map.of(\"symphony.topics\", …))");
            }
            return of(parse(xml), component);
        } catch (IOException | SAXException | ParserConfigurationException e) {
            throw new IllegalArgumentException(file + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static InputStream open(Class<?> component, String file) {
        ClassLoader loader = component.getClassLoader();
        return loader == null ? null : loader.getResourceAsStream(file);
    }

    private static Document parse(InputStream xml) throws IOException, SAXException, ParserConfigurationException {
        var factory = DocumentBuilderFactory.newInstance();
        factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
        factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        return factory.newDocumentBuilder().parse(xml);
    }

    private static ComponentProperties of(Document xml, Class<?> component) {
        String name = xml.getDocumentElement().getAttribute("name");
        NodeList elements = xml.getElementsByTagName("property");
        var properties = new HashMap<String, Object>();
        for (int i = 0; i < elements.getLength(); i++) {
            var element = (Element) elements.item(i);
            properties.put(element.getAttribute("name"), value(element));
        }
        return new ComponentProperties(name.isEmpty() ? component.getName() : name, Map.copyOf(properties));
    }

    /** One value as attribute, or several as lines (DS, section 112.4.5). */
    private static Object value(Element element) {
        String type = element.getAttribute("type");
        Function<String, Object> reader = TYPES.getOrDefault(type, TYPES.get("String"));
        if (element.hasAttribute("value")) {
            return reader.apply(element.getAttribute("value"));
        }
        List<String> lines = element.getTextContent()
                .lines()
                .map(String::strip)
                .filter(l -> !l.isEmpty())
                .toList();
        return lines.stream().map(reader).toList();
    }
}
