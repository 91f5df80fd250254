/** Example to copy: a handler of what people say. */
package symphony.example.lights;
