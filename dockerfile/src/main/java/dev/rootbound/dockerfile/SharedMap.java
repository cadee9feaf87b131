package dev.rootbound.dockerfile;

import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * A map that shares what it has in common with the one it was made from: a file may have a stage of
 * many variables and many stages that are based on it. A treap, whose paths are copied.
 */
final class SharedMap<V extends @Nullable Object> {
    private record Node<V extends @Nullable Object>(
            String key, V value, int priority, @Nullable Node<V> left, @Nullable Node<V> right) {
        Node<V> with(@Nullable Node<V> newLeft, @Nullable Node<V> newRight) {
            return new Node<>(key, value, priority, newLeft, newRight);
        }
    }

    private final @Nullable Node<V> root;

    SharedMap() {
        this(null);
    }

    private SharedMap(@Nullable Node<V> root) {
        this.root = root;
    }

    boolean has(String key) {
        return find(key) != null;
    }

    @Nullable V get(String key) {
        var node = find(key);
        return node == null ? null : node.value();
    }

    private @Nullable Node<V> find(String key) {
        var node = root;
        while (node != null) {
            int order = key.compareTo(node.key());
            if (order == 0) return node;
            node = order < 0 ? node.left() : node.right();
        }
        return null;
    }

    SharedMap<V> with(String key, V value) {
        return new SharedMap<>(put(root, key, value));
    }

    private static <V extends @Nullable Object> Node<V> put(
            @Nullable Node<V> node, String key, V value) {
        if (node == null)
            return new Node<>(key, value, ThreadLocalRandom.current().nextInt(), null, null);
        int order = key.compareTo(node.key());
        if (order == 0) return new Node<>(key, value, node.priority(), node.left(), node.right());
        if (order < 0) {
            var left = put(node.left(), key, value);
            if (left.priority() <= node.priority()) return node.with(left, node.right());
            return left.with(left.left(), node.with(left.right(), node.right()));
        }
        var right = put(node.right(), key, value);
        if (right.priority() <= node.priority()) return node.with(node.left(), right);
        return right.with(node.with(node.left(), right.left()), right.right());
    }

    /** All of it, in the order of names. */
    Map<String, V> toMap() {
        var map = new LinkedHashMap<String, V>();
        var open = new ArrayDeque<Node<V>>();
        var node = root;
        while (node != null || !open.isEmpty()) {
            while (node != null) {
                open.push(node);
                node = node.left();
            }
            var next = open.pop();
            map.put(next.key(), next.value());
            node = next.right();
        }
        return map;
    }
}
