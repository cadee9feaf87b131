package dev.rootbound.app;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A JSON value. The CLI has its own eighty lines of JSON because Jackson's tree costs 50 ms of a
 * start and its streams 10 ms, even from the AOT cache; this costs under one.
 */
sealed interface Json {
    record Text(String value) implements Json {}

    /** As written, so that no digit is lost. */
    record Numeral(String digits) implements Json {}

    record Bool(boolean value) implements Json {}

    record Null() implements Json {}

    record Array(List<Json> items) implements Json {
        static Array of(List<String> texts) {
            var items = new ArrayList<Json>();
            for (String text : texts) items.add(new Text(text));
            return new Array(items);
        }
    }

    record Members(Map<String, Json> map) implements Json {
        Members() {
            this(new LinkedHashMap<>());
        }

        Members with(String name, Json value) {
            map.put(name, value);
            return this;
        }

        /** Left out when empty: the API's default. */
        Members with(String name, String value) {
            return value.isEmpty() ? this : with(name, new Text(value));
        }

        /** Left out when zero. */
        Members with(String name, long value) {
            return value == 0 ? this : with(name, new Numeral(Long.toString(value)));
        }

        /** Left out when false. */
        Members with(String name, boolean value) {
            return value ? with(name, new Bool(true)) : this;
        }

        /** Left out when empty. */
        Members with(String name, List<String> values) {
            return values.isEmpty() ? this : with(name, Array.of(values));
        }

        /** Left out when empty. */
        Members with(String name, Map<String, String> values) {
            if (values.isEmpty()) return this;
            var members = new Members();
            values.forEach((key, value) -> members.map.put(key, new Text(value)));
            return with(name, members);
        }
    }

    /** A member; null's value if there is none, as for all readers below: absent is zero. */
    default Json get(String name) {
        Json value = this instanceof Members members ? members.map.get(name) : null;
        return value == null ? new Null() : value;
    }

    default String text(String name) {
        return get(name) instanceof Text text ? text.value : "";
    }

    default long number(String name) {
        if (!(get(name) instanceof Numeral numeral)) return 0;
        try {
            return Long.parseLong(numeral.digits);
        } catch (NumberFormatException e) {
            return (long) Double.parseDouble(numeral.digits);
        }
    }

    default boolean bool(String name) {
        return get(name) instanceof Bool bool && bool.value;
    }

    default List<Json> items() {
        return this instanceof Array array ? array.items : List.of();
    }

    /** The texts of an array member. */
    default List<String> texts(String name) {
        var texts = new ArrayList<String>();
        for (Json item : get(name).items()) if (item instanceof Text text) texts.add(text.value);
        return texts;
    }
}
