using TensorLogic.CoreML.Specification;
using TensorLogic.Graphs;
using TensorLogic.Operators;
using ValueType = TensorLogic.Operators.ValueType;

namespace TensorLogic.CoreML.Lowering.NeuralNetwork;

/// <summary>Lowers layers in order, branches and loops to sub-graphs.</summary>
/// <remarks>Layers of branches and loops overwrite blobs by name. Here a branch gives back the blobs that either side sets, and a loop carries those that
/// its body sets. Layers behind a <c>loopBreak</c> or <c>loopContinue</c> run only where neither has been met.</remarks>
internal static class LayerSequence
{
    // No layer can name them: names of blobs come without control characters from every tool, and are only looked up here.
    private const string Stopped = "\u0001stopped", Broken = "\u0001broken";

    // What counts as 0 in a condition, by the format.
    private const float Tolerance = 1e-6f;

    public static void Lower(IReadOnlyList<LayerSpecification> layers, LayerScope scope, string path, NetworkContext network, int first = 0)
    {
        HashSet<string> made = new(StringComparer.Ordinal);
        for (int i = first; i < layers.Count; i++)
        {
            LayerSpecification layer = layers[i];
            LayerCall call = new(layer, scope, network.File, $"{path}[{i}]", network);
            scope.Builder.Place = call.Place;
            network.Count();
            // Only a copy may give a blob anew; inside of branches and loops that is how they change what is outside.
            if (scope.Depth == 0 && layer.Type != "copy")
                foreach (string output in layer.Outputs)
                    if (!made.Add(output)) throw call.Broken($"Its output '{output}' is made by a layer before.");
            switch (layer.Type)
            {
                case "branch": Branch(call); break;
                case "loop": Loop(call); break;
                case "loopBreak" or "loopContinue": Stop(call); return;
                case "custom": call.Apply(CustomLayerOperator.Lower); break;
                default:
                    call.Apply(LayerRules.Find(layer.Type) ?? throw new UnsupportedOperatorException(layer.Type) { Place = call.Place, Remedy = "Run the model on a Mac through Core ML." });
                    break;
            }
            if (layer.Type == "branch" && MayStop(layer) && i + 1 < layers.Count)
            {
                Value stopped = scope.Find(Stopped)?.Value ?? throw call.Broken("It stops an iteration outside of a loop.");
                Either(call, stopped, _ => { }, inner => Lower(layers, inner, path, network, i + 1));
                return;
            }
        }
    }

    private static bool MayStop(LayerSpecification layer) =>
        layer.Type is "loopBreak" or "loopContinue" || layer.Type == "branch" && layer.Bodies.Values.Any(body => body.Layers.Any(MayStop));

    private static void Stop(LayerCall call)
    {
        LayerScope scope = call.Scope;
        if (scope.Find(Stopped) is null) throw call.Broken("It stands outside of a loop.");
        scope.Set(Stopped, new Blob(scope.Constant("stopped", Tensor.FromSpan<float>([1], [1]))));
        if (call.Layer.Type == "loopBreak") scope.Set(Broken, new Blob(scope.Constant("broken", Tensor.FromSpan<float>([1], [1]))));
    }

    private static void Branch(LayerCall call)
    {
        NeuralNetworkSpecification yes = call.Layer.Bodies.GetValueOrDefault("ifBranch") ?? throw call.Broken("It has no network for the case that its input is true.");
        NeuralNetworkSpecification? no = call.Layer.Bodies.GetValueOrDefault("elseBranch");
        Either(call, call.Full(), inner => Lower(yes.Layers, inner, call.PathOf("ifBranch"), call.Network), inner => Lower(no?.Layers ?? [], inner, call.PathOf("elseBranch"), call.Network));
    }

    private static Value IsTrue(LayerCall call, Value condition)
    {
        if (condition.TensorType is { IsStatic: true } type && type.Shape.ElementCount != 1) throw call.Broken($"Its condition is {type}, expected one number.");
        Value one = call.Add("condition", Op.Reshape, condition, call.Ints("one", 1));
        return call.Add("holds", Op.Greater, call.Add("size", Op.Abs, one), call.Scalar("tolerance", Tolerance));
    }

    /// <summary>Runs one of two sequences; the blobs that they set are then those of the one that ran.</summary>
    private static void Either(LayerCall call, Value condition, Action<LayerScope> yes, Action<LayerScope> no)
    {
        Value pred = IsTrue(call, condition);
        GraphBuilder[] builders = [new($"{call.Layer.Name}.if", call.Scope.Builder), new($"{call.Layer.Name}.else", call.Scope.Builder)];
        LayerScope[] sides = [call.Inner(builders[0]), call.Inner(builders[1])];
        yes(sides[0]);
        no(sides[1]);
        List<string> names = [];
        List<Value>[] results = [[], []];
        List<ValueType> types = [];
        foreach (string name in sides[0].Names.Union(sides[1].Names))
        {
            // What only one side sets, and nobody before, is of use to that side alone.
            if (sides[0].Find(name) is not { } a || sides[1].Find(name) is not { } b || a.Rank != b.Rank) continue;
            Value left = sides[0].Expand(a, int.MaxValue), right = sides[1].Expand(b, int.MaxValue);
            names.Add(name);
            results[0].Add(left);
            results[1].Add(right);
            types.Add(new TensorValueType(Joined(left.TensorType, right.TensorType)));
        }
        Node node = call.Scope.Builder.AddNode(call.Layer.Name, Op.Cond, new Op.BodyAttributes([.. types]), [pred], names, [builders[0].Build([.. results[0]]), builders[1].Build([.. results[1]])]);
        for (int i = 0; i < names.Count; i++) call.Scope.Set(names[i], new Blob(node.Outputs[i]));
    }

    private static TensorType Joined(TensorType a, TensorType b) => new(a.ElementType, [.. a.Dimensions.Zip(b.Dimensions, (x, y) => x == y ? x : Dimension.Unknown)]);

    private static void Loop(LayerCall call)
    {
        LayerSpecification layer = call.Layer;
        NeuralNetworkSpecification body = layer.Bodies.GetValueOrDefault("bodyNetwork") ?? throw call.Broken("It has no body.");
        NeuralNetworkSpecification? test = layer.Bodies.GetValueOrDefault("conditionNetwork");
        string conditionName = call.Parameters.Text(2);
        // Builders write the message of a condition that nobody gave: without layers, and without a name for its result.
        if (test is { Layers.Count: 0 } && conditionName.Length == 0) test = null;
        if (test is not null != conditionName.Length > 0) throw call.Broken("It needs both a condition and the name of its result, or neither.");
        long most = call.Parameters.Integer(1);
        if (most < 0) throw call.Broken($"The parameter 'maxLoopIterations' is {most}.");
        // The condition runs before the first iteration, and after each: what it sets is carried like what the body sets.
        if (test is not null) Lower(test.Layers, call.Scope, call.PathOf("conditionNetwork"), call.Network);
        bool counts = call.Has(0) || most > 0 || test is null;
        Value limit = call.Has(0) ? call.Add("limit", Op.Reshape, call.Full(), call.Ints("one", 1)) : call.Scope.Constant("limit", Tensor.FromSpan<float>([most], [1]));
        call.Scope.Set(Broken, new Blob(call.Scope.Constant("broken", Tensor.FromSpan<float>([0], [1]))));

        HashSet<string> set = [.. body.AllLayers.Concat(test?.AllLayers ?? []).SelectMany(inner => inner.Outputs), Broken];
        string[] carried = [.. set.Where(name => call.Scope.Find(name) is not null).Order(StringComparer.Ordinal)];
        Value[] initial = [.. carried.Select(name => call.Scope.Expand(call.Scope.Find(name)!, int.MaxValue))];
        TensorType[] types = [.. initial.Select(value => value.TensorType)];
        string[] made = [.. set.Where(name => !carried.Contains(name) && call.Network.IsUsedOutside(name, layer)).Order(StringComparer.Ordinal)];
        for (int pass = 0; ; pass++)
        {
            LoopBody lowered = LowerBody(call, body, test, carried, types, made);
            TensorType[] joined = [.. types.Zip(lowered.Results, (type, result) => Joined(type, result.TensorType))];
            if (!types.SequenceEqual(joined))
            {
                // Sizes that change are unknown; after some passes all that might.
                types = pass < 4 ? joined : [.. types.Select(type => new TensorType(type.ElementType, [.. type.Dimensions.Select(_ => Dimension.Unknown)]))];
                continue;
            }
            Finish(call, lowered, carried, initial, types, conditionName, counts, limit);
            return;
        }
    }

    /// <summary>A lowered iteration.</summary>
    /// <param name="Builder">Of the body; its graph is not built yet.</param>
    /// <param name="Scope">Blobs of the body.</param>
    /// <param name="Results">Values of the carried blobs after an iteration.</param>
    /// <param name="Made">Blobs that the body makes and nobody before, by name; those that are used after the loop.</param>
    /// <param name="Count">Iterations so far.</param>
    private sealed record LoopBody(GraphBuilder Builder, LayerScope Scope, IReadOnlyList<Value> Results, IReadOnlyList<(string Name, Value Value)> Made, Value Count);

    private static LoopBody LowerBody(LayerCall call, NeuralNetworkSpecification body, NeuralNetworkSpecification? test, string[] carried, TensorType[] types, string[] made)
    {
        GraphBuilder builder = new($"{call.Layer.Name}.body", call.Scope.Builder);
        LayerScope scope = call.Inner(builder);
        Value count = builder.Input($"{call.Layer.Name}.count", new TensorType(ElementType.Float32, [1]));
        for (int i = 0; i < carried.Length; i++) scope.Set(carried[i], new Blob(builder.Input(carried[i], types[i])));
        scope.Set(Stopped, new Blob(scope.Constant("stopped", Tensor.FromSpan<float>([0], [1]))));
        Lower(body.Layers, scope, call.PathOf("bodyNetwork"), call.Network);
        if (test is not null) Lower(test.Layers, scope, call.PathOf("conditionNetwork"), call.Network);
        List<Value> results = [];
        for (int i = 0; i < carried.Length; i++)
        {
            Value result = scope.Expand(scope.Find(carried[i])!, int.MaxValue);
            if (result.TensorType.Rank != types[i].Rank) throw call.Broken($"Its body sets '{carried[i]}' to {result.TensorType}, which is {types[i]} before.");
            results.Add(result);
        }
        return new(builder, scope, results, [.. made.Where(name => scope.Find(name) is not null).Select(name => (name, scope.Expand(scope.Find(name)!, int.MaxValue)))], count);
    }

    private static void Finish(LayerCall call, LoopBody body, string[] carried, Value[] initial, TensorType[] types, string conditionName, bool counts, Value limit)
    {
        Value next = body.Builder.Add($"{call.Layer.Name}.next", Op.Add, body.Count, body.Scope.Scalar("one", 1));
        // Blobs that the loop makes have no value before; their inputs are never read.
        foreach ((string name, Value value) in body.Made) body.Builder.Input($"{name}.before", Unknown(value.TensorType));
        List<ValueType> all = [new TensorValueType(new(ElementType.Float32, [1])), .. types.Select(type => new TensorValueType(type)), .. body.Made.Select(one => new TensorValueType(Unknown(one.Value.TensorType)))];
        Graph bodyGraph = body.Builder.Build([next, .. body.Results, .. body.Made.Select(one => one.Value)]);

        GraphBuilder builder = new($"{call.Layer.Name}.condition", call.Scope.Builder);
        LayerScope scope = call.Inner(builder);
        LayerCall inner = call.In(scope);
        Value[] inputs = [.. all.Select((type, i) => builder.Input($"{call.Layer.Name}.carried{i}", type))];
        Value more = inner.Add("unbroken", Op.LogicalNot, IsTrue(inner, inputs[1 + Array.IndexOf(carried, Broken)]));
        if (counts) more = inner.Add("more", Op.LogicalAnd, more, inner.Add("below", Op.Less, inputs[0], limit));
        if (conditionName.Length > 0)
        {
            int place = Array.IndexOf(carried, conditionName);
            // A condition that no layer sets again stays what it is.
            Value condition = place >= 0 ? inputs[1 + place] : call.Scope.Find(conditionName)?.Value ?? throw call.Broken($"Its condition does not make '{conditionName}'.");
            more = inner.Add("continued", Op.LogicalAnd, more, IsTrue(inner, condition));
        }
        Graph conditionGraph = builder.Build(more);

        Value[] start = [call.Scope.Constant("count", Tensor.FromSpan<float>([0], [1])), .. initial,
            .. body.Made.Select(one => call.Scope.Constant($"{one.Name}.before", Tensor.Create(ElementType.Float32, Shape.Create([.. Enumerable.Repeat(1, one.Value.TensorType.Rank)]))))];
        Node node = call.Scope.Builder.AddNode(call.Layer.Name, Op.WhileLoop, new Op.BodyAttributes([.. all]), start, [$"{call.Layer.Name}.count", .. carried, .. body.Made.Select(one => one.Name)], [conditionGraph, bodyGraph]);
        for (int i = 0; i < carried.Length; i++) call.Scope.Set(carried[i], new Blob(node.Outputs[1 + i]));
        for (int i = 0; i < body.Made.Count; i++) call.Scope.Set(body.Made[i].Name, new Blob(node.Outputs[1 + carried.Length + i]));
    }

    private static TensorType Unknown(TensorType type) => new(type.ElementType, [.. type.Dimensions.Select(_ => Dimension.Unknown)]);
}
