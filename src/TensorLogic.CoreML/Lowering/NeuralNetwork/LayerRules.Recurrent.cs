using TensorLogic.CoreML.Specification;
using TensorLogic.Graphs;
using TensorLogic.Operators;

namespace TensorLogic.CoreML.Lowering.NeuralNetwork;

internal static partial class LayerRules
{
    private const double DefaultCellClip = 50;

    // Sizes are claims until a matrix of hidden · hidden elements is there: states and stacked weights are made of them.
    private static IEnumerable<KeyValuePair<string, Rule>> Recurrent() =>
    [
        Row("simpleRecurrent", call =>
        {
            LayerMessage p = call.Parameters;
            int features = call.Size(1, "inputVectorSize"), hidden = call.Size(2, "outputVectorSize");
            call.RequireWeight("recursionMatrix", hidden, hidden);
            Op.LayerActivation gate = Activation(call, p.Message(10, "activation"));
            Op.LayerRecurrentAttributes a = new(p.Flag(100), p.Flag(15), gate, gate, gate, false, 0);
            Value x = Sequence(call, features);
            Value?[] inputs = [x, State(call, 1, hidden, x), call.Weight("weightMatrix", hidden, features), call.Weight("recursionMatrix", hidden, hidden), call.OptionalWeight(p.Flag(20), "biasVector", hidden)];
            Emit(call, Plain(gate) is { } plain ? call.AddSeveral("steps", Op.Rnn, new Op.RnnAttributes(Direction(a), a.OutputSequence, plain), inputs) : call.AddSeveral("steps", Op.LayerRnn, a, inputs));
        }),
        Row("gru", call =>
        {
            LayerMessage p = call.Parameters;
            int features = call.Size(1, "inputVectorSize"), hidden = call.Size(2, "outputVectorSize");
            call.RequireWeight("updateGateRecursionMatrix", hidden, hidden);
            Op.LayerActivation[] f = Activations(call, 10, "activations", 2);
            Op.LayerRecurrentAttributes a = new(p.Flag(100), p.Flag(15), f[0], f[1], f[1], false, 0);
            Value x = Sequence(call, features);
            string[] gates = ["resetGate", "outputGate", "updateGate"];
            Value?[] inputs =
            [
                x, State(call, 1, hidden, x), Stacked(call, "weights", [.. gates.Select(gate => gate + "WeightMatrix")], hidden, features),
                Stacked(call, "recursion", [.. gates.Select(gate => gate + "RecursionMatrix")], hidden, hidden),
                p.Flag(20) ? Stacked(call, "biases", [.. gates.Select(gate => gate + "BiasVector")], hidden) : null,
            ];
            Emit(call, Plain(f[0]) is { } gate && Plain(f[1]) is { } content
                ? call.AddSeveral("steps", Op.Gru, new Op.GruAttributes(Direction(a), a.OutputSequence, gate, content, false), inputs)
                : call.AddSeveral("steps", Op.LayerGru, a, inputs));
        }),
        Row("uniDirectionalLSTM", call =>
        {
            LayerMessage p = call.Parameters;
            int features = call.Size(1, "inputVectorSize"), hidden = call.Size(2, "outputVectorSize");
            call.RequireWeight("weightParams.inputGateRecursionMatrix", hidden, hidden);
            Value x = Sequence(call, features);
            Emit(call, Lstm(call, Activations(call, 10, "activations", 3), p.Message(15, "params"), "weightParams.", x, State(call, 1, hidden, x), State(call, 2, hidden, x), features, hidden, p.Flag(100)));
        }),
        Row("biDirectionalLSTM", call =>
        {
            LayerMessage p = call.Parameters, shared = p.Message(15, "params");
            int features = call.Size(1, "inputVectorSize"), hidden = call.Size(2, "outputVectorSize");
            call.RequireWeight("weightParams.inputGateRecursionMatrix", hidden, hidden);
            Value x = Sequence(call, features);
            IReadOnlyList<Value> ahead = Lstm(call, Activations(call, 10, "activationsForwardLSTM", 3), shared, "weightParams.", x, State(call, 1, hidden, x), State(call, 2, hidden, x), features, hidden, reverse: false);
            IReadOnlyList<Value> back = Lstm(call, Activations(call, p.Has(11) ? 11 : 10, "activationsBackwardLSTM", 3), shared, "weightParams.1.", x, State(call, 3, hidden, x), State(call, 4, hidden, x), features, hidden, reverse: true);
            // The second direction stands in the order of processing; the result in the order of time.
            Value turned = shared.Flag(10) ? call.Add("turned", Op.Reverse, new Op.AxesAttributes([0]), back[0]) : back[0];
            Emit(call, [call.Add("both", Op.Concat, new Op.ConcatAttributes(2), ahead[0], turned), ahead[1], ahead[2], back[1], back[2]]);
        }),
    ];

    private static IReadOnlyList<Value> Lstm(LayerCall call, Op.LayerActivation[] f, LayerMessage p, string weights, Value x, Value h, Value c, int features, int hidden, bool reverse)
    {
        bool coupled = p.Flag(50);
        string[] gates = ["inputGate", "forgetGate", "outputGate", "blockInput"];
        double clip = Math.Abs(p.Number(60)) is > 0 and var given ? given : DefaultCellClip;
        Op.LayerRecurrentAttributes a = new(reverse, p.Flag(10), f[0], f[1], f[2], coupled, clip);
        // With coupled gates the forget gate is not used, and its weights may be left out.
        bool Unused(string field) => coupled && field.Contains("forgetGate", StringComparison.Ordinal) && !call.HasWeight(field);
        Value? bias = null;
        if (p.Flag(20) || p.Flag(30))
        {
            using Tensor all = p.Flag(20) ? StackedTensor(call, [.. gates.Select(gate => $"{weights}{gate}BiasVector")], Unused, hidden) : Tensor.Create(ElementType.Float32, [4 * hidden]);
            Tensor<float> biases = all.As<float>().Clone().As<float>();
            if (p.Flag(30))
                for (int i = hidden; i < 2 * hidden; i++) biases.Span[i] += 1;
            bias = call.Scope.Constant($"{call.Layer.Name}.biases", biases);
        }
        Value?[] inputs =
        [
            x, h, c, Stacked(call, "weights", [.. gates.Select(gate => $"{weights}{gate}WeightMatrix")], Unused, hidden, features),
            Stacked(call, "recursion", [.. gates.Select(gate => $"{weights}{gate}RecursionMatrix")], Unused, hidden, hidden), bias,
            p.Flag(40) ? Stacked(call, "peepholes", [.. gates[..3].Select(gate => $"{weights}{gate}PeepholeVector")], Unused, hidden) : null,
        ];
        return !coupled && Plain(f[0]) is { } gate && Plain(f[1]) is { } content && Plain(f[2]) is { } cell
            ? call.AddSeveral("steps", Op.Lstm, new Op.LstmAttributes(Direction(a), a.OutputSequence, gate, content, cell, clip), inputs)
            : call.AddSeveral("steps", Op.LayerLstm, a, inputs);
    }

    private static Op.RecurrentDirection Direction(Op.LayerRecurrentAttributes a) => a.Reverse ? Op.RecurrentDirection.Reverse : Op.RecurrentDirection.Forward;

    /// <summary>[sequence, batch, features] of [sequence, batch, features, 1, 1].</summary>
    private static Value Sequence(LayerCall call, int features)
    {
        Value x = Legacy(call, 5);
        if (x.TensorType.Rank != 5) throw call.Broken($"Its input is {x.TensorType}, expected [sequence, batch, {features}, 1, 1].");
        return call.Add("sequence", Op.Squeeze, new Op.AxesAttributes([3, 4]), x);
    }

    /// <summary>[batch, size] of a state [1, batch, size, 1, 1] or any other axes with these elements; zeros where the layer has no such input.</summary>
    private static Value State(LayerCall call, int input, int size, Value x)
    {
        if (call.Has(input))
        {
            // Which of its axes is the batch is of no account: Core ML reads batch after batch.
            return call.Add("state", Op.Reshape, call.Full(input), call.Ints("state_shape", -1, size));
        }
        if (x.TensorType.Dimensions[1].Size is int batch) return call.Scope.Constant($"{call.Layer.Name}.zeros", Tensor.Create(ElementType.Float32, [batch, size]));
        Value batches = call.Add("batch", Op.SliceByIndex, new Op.SliceByIndexAttributes([], [], [], []), call.SizesOf(x), call.Ints("first", 1), call.Ints("last", 2));
        return call.Add("zeros", Op.Fill, call.Add("shape", Op.Concat, new Op.ConcatAttributes(0), batches, call.Ints("hidden", size)), call.Scalar("zero", 0));
    }

    /// <summary>The sequence [S, B, H] and the states [B, H] as blobs of five axes.</summary>
    private static void Emit(LayerCall call, IReadOnlyList<Value> results)
    {
        for (int i = 0; i < results.Count && i < call.Layer.Outputs.Count; i++)
            call.Emit(call.Add("out", Op.ExpandDims, new Op.AxesAttributes(i == 0 ? [3, 4] : [0, 3, 4]), results[i]), 5, i);
    }

    private static Value Stacked(LayerCall call, string role, string[] fields, params int[] shape) => Stacked(call, role, fields, _ => false, shape);

    private static Value Stacked(LayerCall call, string role, string[] fields, Func<string, bool> isZero, params int[] shape)
    {
        using Tensor stacked = StackedTensor(call, fields, isZero, shape);
        return call.Scope.Constant($"{call.Layer.Name}.{role}", stacked.Clone());
    }

    private static Tensor StackedTensor(LayerCall call, string[] fields, Func<string, bool> isZero, params int[] shape)
    {
        long rows = (long)fields.Length * shape[0];
        if (rows > int.MaxValue) throw call.Broken($"It has {rows} rows of weights.");
        foreach (string field in fields)
            if (!isZero(field)) call.RequireWeight(field, shape);
        Tensor result = Tensor.Create(ElementType.Float32, Shape.Create([(int)rows, .. shape[1..]]));
        for (int i = 0; i < fields.Length; i++)
        {
            if (isZero(fields[i])) continue;
            using Tensor part = call.ReadWeight(fields[i], 0, shape);
            using Tensor place = result.Slice(0, i * shape[0], shape[0]);
            part.CopyTo(place);
        }
        return result;
    }

    private static Op.LayerActivation[] Activations(LayerCall call, int field, string name, int count)
    {
        Op.LayerActivation[] found = [.. call.Parameters.Messages(field, name).Select(message => Activation(call, message))];
        return found.Length == count ? found : throw call.Broken($"The parameter '{name}' has {found.Length} entries, expected {count}.");
    }

    // Scales that are left out are the ones that recurrent layers have by definition.
    private static Op.LayerActivation Activation(LayerCall call, LayerMessage message)
    {
        int kind = message.OneOf(5, 10, 15, 20, 25, 30, 31, 40, 41, 50, 60, 70, 71);
        LayerMessage p = message.Message(kind, "NonlinearityType");
        (double alpha, double beta) = (p.Number(1), p.Number(2));
        bool isGiven = alpha != 0 || beta != 0;
        return kind switch
        {
            5 => isGiven ? new(Op.LayerActivationKind.Linear, alpha, beta) : new(Op.LayerActivationKind.Linear),
            10 => new(Op.LayerActivationKind.Relu),
            30 => new(Op.LayerActivationKind.Tanh),
            31 => isGiven ? new(Op.LayerActivationKind.ScaledTanh, alpha, beta) : new(Op.LayerActivationKind.Tanh),
            40 => new(Op.LayerActivationKind.Sigmoid),
            41 => isGiven ? new(Op.LayerActivationKind.SigmoidHard, alpha, beta) : new(Op.LayerActivationKind.SigmoidHard, 0.2, 0.5),
            _ => throw call.Broken("It has an activation that recurrent layers do not take."),
        };
    }

    /// <summary>The same nonlinearity of the general recurrent operators, where clipping its argument to [-50, 50] makes no difference.</summary>
    private static Op.RecurrentActivation? Plain(Op.LayerActivation activation) => activation switch
    {
        { Kind: Op.LayerActivationKind.Sigmoid } => Op.RecurrentActivation.Sigmoid,
        { Kind: Op.LayerActivationKind.Tanh } => Op.RecurrentActivation.Tanh,
        { Kind: Op.LayerActivationKind.SigmoidHard, Alpha: > 0.1999999 and < 0.2000001, Beta: 0.5 } => Op.RecurrentActivation.SigmoidHard,
        _ => null,
    };
}
