package dev.rootbound.dockerfile;

/** A {@code --device} of {@code RUN}: a name of the Container Device Interface. */
public record Device(String name, boolean isRequired) {
    static Device parse(String text) {
        String name = "";
        boolean required = false;
        for (var field : Csv.fields(text)) {
            int equals = field.indexOf('=');
            var key = Names.lower(equals < 0 ? field : field.substring(0, equals));
            var value = equals < 0 ? "" : field.substring(equals + 1);
            if (key.equals("required")) required = equals < 0 || Numbers.parseBoolean(value);
            else if (key.equals("name") && equals >= 0 && name.isEmpty()) name = value;
            else if (name.isEmpty()) name = field;
            else
                throw new IllegalArgumentException(
                        "'" + field + "' is no option of a device; there are name= and required");
        }
        return new Device(name, required);
    }
}
