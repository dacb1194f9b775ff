"""The original's program, written anew for TensorFlow from the loss's definition: dense terms for every cell, and the
ignore mask by a loop over the images whose true boxes it picks out of the dense labels."""

import tensorflow as tf


def cross_entropy(labels, logits):
    return tf.nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits)


def grid_of(t):
    """Column and row of each cell, [h, w, 1, 2], and how many there are of them."""
    height, width = tf.shape(t)[1], tf.shape(t)[2]
    columns, rows = tf.meshgrid(tf.range(width), tf.range(height))
    cells = tf.expand_dims(tf.stack([columns, rows], -1), 2)
    return tf.cast(cells, t.dtype), tf.cast(tf.stack([width, height]), t.dtype)


def iou(xy, wh, true):
    """Of each prediction [h, w, A] with each true box [k, 4]: [h, w, A, k]."""
    xy, wh = tf.expand_dims(xy, -2), tf.expand_dims(wh, -2)
    true_xy, true_wh = true[:, 0:2], true[:, 2:4]
    low = tf.maximum(xy - wh / 2, true_xy - true_wh / 2)
    high = tf.minimum(xy + wh / 2, true_xy + true_wh / 2)
    sides = tf.maximum(high - low, 0.0)
    both = sides[..., 0] * sides[..., 1]
    return both / (wh[..., 0] * wh[..., 1] + true_wh[:, 0] * true_wh[:, 1] - both)


def kept(xy, wh, labels, threshold):
    """1 where a cell counts as background, [B, h, w, A, 1]."""
    batch = tf.shape(labels)[0]
    has_object = tf.cast(labels[..., 4], tf.bool)

    def next_image(b, masks):
        true = tf.boolean_mask(labels[b, ..., 0:4], has_object[b])
        best = tf.reduce_max(iou(xy[b], wh[b], true), -1)
        return b + 1, masks.write(b, tf.cast(best < threshold, labels.dtype))

    masks = tf.TensorArray(labels.dtype, size=1, dynamic_size=True)
    _, masks = tf.while_loop(lambda b, _: b < batch, next_image, (0, masks))
    return tf.expand_dims(masks.stack(), -1)


def scale_loss(logits, labels, anchors, size, threshold):
    """The terms of one scale, summed. Nothing stops the gradient at the mask, as nothing does in the original."""
    t = tf.reshape(logits, tf.shape(labels))
    o = labels[..., 4:5]
    anchors, size = tf.constant(anchors), tf.constant(size)
    cells, grid = grid_of(t)
    keep = kept((tf.sigmoid(t[..., 0:2]) + cells) / grid, tf.exp(t[..., 2:4]) * anchors / size, labels, threshold)
    z_xy = labels[..., 0:2] * grid - cells
    z_wh = tf.math.log(labels[..., 2:4] / anchors * size)
    z_wh = tf.where(tf.cast(o, tf.bool), z_wh, tf.zeros_like(z_wh))
    weight = 2 - labels[..., 2:3] * labels[..., 3:4]
    entropy = cross_entropy(o, t[..., 4:5])
    return (
        tf.reduce_sum(o * weight * cross_entropy(z_xy, t[..., 0:2]))
        + tf.reduce_sum(o * weight * 0.5 * tf.square(z_wh - t[..., 2:4]))
        + tf.reduce_sum(o * entropy + (1 - o) * entropy * keep)
        + tf.reduce_sum(o * cross_entropy(labels[..., 5:], t[..., 5:]))
    )
