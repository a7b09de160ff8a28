using System.Globalization;
using TensorLogic.CoreML.Protobuf;

namespace TensorLogic.CoreML.Specification.Espresso;

/// <summary>Writes a layer of a compiled network as the layers of NeuralNetwork.proto that it was compiled from, so that both run by the same rules.</summary>
/// <remarks>The compiled form is not documented. Its settings are those whose meaning is told by models that exist in both forms; another setting makes
/// a layer of its own type, which does not run.</remarks>
internal sealed class EspressoTranslation(
    EspressoLayer layer, string name, IReadOnlyList<string> bottoms, IReadOnlyList<string> tops, IReadOnlyList<WeightSpecification> weights, string file, string place, LoadLimits limits)
{
    // Axes of the compiled form are numbered from the width: width, height, channel, batch, sequence.
    private const int ChannelAxis = 2, BatchAxis = 3, SequenceAxis = 4;

    public IReadOnlyList<LayerSpecification> Layers()
    {
        (string Type, ProtobufWriter Message)? plain = layer.Type switch
        {
            "convolution" => Convolution(),
            "inner_product" => InnerProduct(),
            "pool" => Pooling(),
            "general_padding" => Padding(),
            "activation" => Activation(),
            "elementwise" => Elementwise(),
            "softmax" => Integer("C", ChannelAxis) == ChannelAxis ? ("softmax", new()) : null,
            "concat" => ("concat", new()),
            "sequence_concat" => ("concat", new ProtobufWriter().Integer(100, 1)),
            "reshape" => Order() is int order ? ("reshape", new ProtobufWriter().Integers(1, Size("dst_seq", 1), Size("dst_k"), Size("dst_h"), Size("dst_w")).Integer(2, order)) : null,
            "flatten" => Order() is int order ? ("flatten", new ProtobufWriter().Integer(1, order)) : null,
            "transpose" => Transpose(),
            "slice" => Slice(),
            "reduce" => Integer("mode") == 0 && Integer("axis_mode") == 4 ? ("reduce", new ProtobufWriter().Integer(1, 0).Integer(3, 2)) : null,
            _ => null,
        };
        return plain is (string type, ProtobufWriter message) ? WithFused(type, message) : [Layer(Unknown(), null, name, bottoms, tops, weights)];
    }

    /// <summary>A ReLU or hyperbolic tangent that was folded into the layer stands behind it again.</summary>
    private LayerSpecification[] WithFused(string type, ProtobufWriter message)
    {
        int function = Integer("fused_relu") != 0 || Integer("has_relu") != 0 ? 10 : Integer("fused_tanh") != 0 || Integer("has_tanh") != 0 ? 30 : 0;
        if (function == 0) return [Layer(type, message, name, bottoms, tops, weights)];
        string before = $"{tops[0]} before its activation";
        return
        [
            Layer(type, message, name, bottoms, [before], weights),
            Layer("activation", new ProtobufWriter().Message(function, new()), $"{name}.activation", [before], tops, []),
        ];
    }

    private LayerSpecification Layer(string type, ProtobufWriter? message, string title, IReadOnlyList<string> inputs, IReadOnlyList<string> outputs, IReadOnlyList<WeightSpecification> elements)
    {
        if (message is null) return new(type, title, inputs, outputs, elements);
        TensorStorage storage = message.ToStorage();
        return new(type, title, inputs, outputs, elements) { Content = new(new ProtobufSource(file, storage, limits), [(0, message.Written.Length)]) };
    }

    private string Unknown() => layer.Type switch
    {
        "elementwise" => $"elementwise, operation {Integer("operation")}",
        "activation" or "reduce" or "flatten" or "reshape" => $"{layer.Type}, mode {Integer("mode")}",
        _ => $"{layer.Type}, compiled",
    };

    private (string, ProtobufWriter)? Convolution()
    {
        if (Integer("has_batch_norm") != 0 || Integer("n_parallel", 1) != 1) return null;
        long groups = Integer("n_groups", 1), channels = Integer("K");
        if (groups < 1 || channels < 1 || channels % groups != 0) throw Broken("n_groups", $"Expected groups that divide {channels} channels, found {groups}.");
        ProtobufWriter message = new ProtobufWriter()
            .Integer(1, Integer("C")).Integer(2, channels / groups).Integer(10, groups)
            .Integers(20, Size("Ny"), Size("Nx")).Integers(30, Size("stride_y", 1), Size("stride_x", 1)).Integers(40, Size("dilation_y", 1), Size("dilation_x", 1))
            .Integer(70, Integer("has_biases"));
        return Padded(message, 50, 51) ? ("convolution", message) : null;
    }

    private (string, ProtobufWriter)? InnerProduct() => Integer("has_prelu") != 0
        ? null
        : ("innerProduct", new ProtobufWriter().Integer(1, Integer("nB")).Integer(2, Integer("nC")).Integer(10, Integer("has_biases")));

    private (string, ProtobufWriter)? Pooling()
    {
        long kind = Integer("avg_or_max");
        if (kind is not (0 or 1)) return null;
        ProtobufWriter message = new ProtobufWriter().Integer(1, kind == 1 ? 0 : 1).Integers(10, Size("size_y"), Size("size_x")).Integers(20, Size("stride_y", 1), Size("stride_x", 1))
            .Integer(50, Integer("average_count_exclude_padding")).Integer(60, Integer("is_global"));
        return Padded(message, 30, 31) ? ("pooling", message) : null;
    }

    /// <summary>Explicit amounts, or as many as keep the size; false if the layer asks for another kind.</summary>
    private bool Padded(ProtobufWriter message, int valid, int same)
    {
        if (Integer("pad_fill_mode") != 0 || layer.Setting("pad_value") != 0) return false;
        switch (Integer("pad_mode"))
        {
            case 0 or 2: message.Message(valid, new ProtobufWriter().Message(1, Borders())); return true;
            case 1: message.Message(same, new()); return true;
            default: return false;
        }
    }

    private (string, ProtobufWriter)? Padding() => Integer("pad_fill_mode") == 0 && Integer("pad_pad_mode") == 0
        ? ("padding", new ProtobufWriter().Message(1, new ProtobufWriter().Number(1, (float)layer.Setting("pad_value"))).Message(10, Borders()))
        : null;

    private ProtobufWriter Borders() => new ProtobufWriter()
        .Message(10, new ProtobufWriter().Integer(1, Integer("pad_t")).Integer(2, Integer("pad_b")))
        .Message(10, new ProtobufWriter().Integer(1, Integer("pad_l")).Integer(2, Integer("pad_r")));

    private (string, ProtobufWriter)? Activation()
    {
        ProtobufWriter line = new ProtobufWriter().Number(1, (float)layer.Setting("alpha", 1)).Number(2, (float)layer.Setting("beta"));
        return Integer("mode") switch
        {
            6 => ("activation", new ProtobufWriter().Message(5, line)),
            7 => ("activation", new ProtobufWriter().Message(41, line)),
            _ => null,
        };
    }

    private (string, ProtobufWriter)? Elementwise()
    {
        float alpha = (float)layer.Setting("alpha", 1);
        return Integer("operation") switch
        {
            0 => ("add", new ProtobufWriter().Number(1, alpha)),
            1 => ("multiply", new ProtobufWriter().Number(1, alpha)),
            10 => ("unary", Unary(2)),
            25 => ("unary", Unary(7).Number(2, alpha)),
            27 => ("unary", Unary(4)),
            _ => null,
        };

        static ProtobufWriter Unary(int function) => new ProtobufWriter().Integer(1, function);
    }

    private (string, ProtobufWriter)? Transpose()
    {
        if (Integer("axis_n", BatchAxis) != BatchAxis) return null;
        Span<int> order = [Of("axis_seq"), Of("axis_k"), Of("axis_h"), Of("axis_w")];
        return ("permute", new ProtobufWriter().Integers(1, order));

        // The format counts sequence, channel, height, width.
        int Of(string axis) => Integer(axis, -1) switch
        {
            SequenceAxis => 0,
            ChannelAxis => 1,
            1 => 2,
            0 => 3,
            var other => throw Broken(axis, $"Expected an axis, found {other}."),
        };
    }

    private (string, ProtobufWriter)? Slice() => Integer("axis", -1) is >= 0 and <= ChannelAxis and var axis
        ? ("slice", new ProtobufWriter().Integer(1, Integer("start")).Integer(2, Integer("end")).Integer(3, 1).Integer(4, ChannelAxis - axis))
        : null;

    /// <summary>0 for channels first, 1 for channels last, null for what is not known.</summary>
    private int? Order() => Integer("mode") is var mode and (0 or 1) && Integer("dst_n") == 0 ? (int)mode : null;

    private int Size(string key, int otherwise = 0) => Integer(key, otherwise) is >= int.MinValue and <= int.MaxValue and var size
        ? (int)size
        : throw Broken(key, $"Expected a size, found {Integer(key)}.");

    private long Integer(string key, long otherwise = 0) => layer.Numbers.TryGetValue(key, out long number) ? number : (long)Math.Clamp(layer.Setting(key, otherwise), long.MinValue, long.MaxValue);

    private ModelFormatException Broken(string key, string problem) => new(file, problem, field: string.Create(CultureInfo.InvariantCulture, $"{place}.{key}"));
}
