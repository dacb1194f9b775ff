"""A detector of a Darknet configuration file as a Keras model, channels last, exported to ONNX by tf2onnx.

usage: darknet_keras.py CFG OPSET HEIGHT WIDTH OUT
"""

import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras  # noqa: E402
import tensorflow as tf  # noqa: E402
import tf2onnx  # noqa: E402
from keras import layers  # noqa: E402

from darknet_cfg import sections, sources  # noqa: E402


def convolution(x, options):
    """As keras-yolo3 has it: a strided convolution pads the upper left, batch normalisation replaces the bias."""
    size, stride = int(options["size"]), int(options["stride"])
    normalised = options.get("batch_normalize") == "1"
    if stride > 1:
        x = layers.ZeroPadding2D(((1, 0), (1, 0)))(x)
    start = keras.initializers.HeNormal(seed=7)
    padding = "valid" if stride > 1 else "same"
    x = layers.Conv2D(int(options["filters"]), size, stride, padding, use_bias=not normalised, kernel_initializer=start)(x)
    if normalised:
        x = layers.BatchNormalization(gamma_initializer=keras.initializers.Constant(0.33))(x)
    return layers.LeakyReLU(negative_slope=0.1)(x) if options["activation"] == "leaky" else x


def detector(cfg, height, width):
    """Everything up to the [yolo] sections; the outputs are what these read."""
    image = layers.Input((height, width, 3), name="image")
    made, heads, x = [], [], image
    for i, (kind, options) in enumerate(sections(cfg)[1:]):
        if kind == "convolutional":
            x = convolution(x, options)
        elif kind == "maxpool":
            x = layers.MaxPooling2D(int(options["size"]), int(options["stride"]), "same")(x)
        elif kind == "upsample":
            x = layers.UpSampling2D(int(options["stride"]))(x)
        elif kind == "route":
            parts = [made[j] for j in sources(i, options["layers"])]
            x = parts[0] if len(parts) == 1 else layers.Concatenate()(parts)
        elif kind == "shortcut":
            x = layers.Add()([x, made[sources(i, options["from"])[0]]])
        elif kind == "yolo":
            heads.append(x)
        made.append(x)
    return keras.Model(image, heads)


def main():
    cfg, opset, height, width, out = sys.argv[1:]
    keras.utils.set_random_seed(7)
    model = detector(cfg, int(height), int(width))
    signature = [tf.TensorSpec([None, int(height), int(width), 3], tf.float32, name="image")]
    call = tf.function(lambda image: model(image, training=False), input_signature=signature)
    tf2onnx.convert.from_function(call, input_signature=signature, opset=int(opset), output_path=out)


main()
