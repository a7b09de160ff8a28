using TensorLogic.CoreML.Specification;
using TensorLogic.Graphs;
using TensorLogic.Operators;

namespace TensorLogic.CoreML.Lowering.NeuralNetwork;

internal static partial class LayerRules
{
    private static IEnumerable<KeyValuePair<string, Rule>> Normalizations() =>
    [
        Row("batchnorm", call =>
        {
            LayerMessage p = call.Parameters;
            int channels = call.Size(1, "channels");
            Op.EpsilonAttributes epsilon = new(p.Number(10, zero: 1e-5f));
            Value? gamma = call.OptionalWeight(call.HasWeight("gamma"), "gamma", channels), beta = call.OptionalWeight(call.HasWeight("beta"), "beta", channels);
            call.OnPlanes(x =>
            {
                if (!p.Flag(5)) return call.Add("out", Op.BatchNorm, epsilon, x, call.Weight("mean", channels), call.Weight("variance", channels), gamma, beta);
                if (p.Flag(6)) return call.Add("out", Op.InstanceNorm, epsilon, x, gamma, beta);
                Value mean = call.Add("mean", Op.ReduceMean, new Op.ReduceAttributes([0, 2, 3], true), x);
                Value difference = call.Add("difference", Op.Sub, x, mean);
                Value variance = call.Add("variance", Op.ReduceMean, new Op.ReduceAttributes([0, 2, 3], false), call.Add("squares", Op.Square, difference));
                Value zero = call.Scope.Constant($"{call.Layer.Name}.zero", Tensor.Create(ElementType.Float32, [channels]));
                return call.Add("out", Op.BatchNorm, epsilon, difference, zero, variance, gamma, beta);
            });
        }),
        Row("mvn", call =>
        {
            LayerMessage p = call.Parameters;
            Op.ReduceAttributes axes = new(p.Flag(1) ? [-3, -2, -1] : [-2, -1], true);
            Value x = call.AtLeast(3);
            Value result = call.Add("difference", Op.Sub, x, call.Add("mean", Op.ReduceMean, axes, x));
            if (p.Flag(2))
            {
                Value variance = call.Add("variance", Op.ReduceMean, axes, call.Add("squares", Op.Square, result));
                result = call.Add("out", Op.Mul, result, call.Add("scale", Op.Rsqrt, new Op.EpsilonAttributes(p.Number(3, zero: 1e-6f)), variance));
            }
            call.Emit(result, call.Input().Rank);
        }),
        Row("l2normalize", call => call.Emit(call.Add("out", Op.L2Norm, new Op.EpsilonAttributes(call.Parameters.Number(1, zero: 1e-6f)), call.AtLeast(3)), call.Input().Rank)),
        Row("softmax", call =>
        {
            // With fewer than three axes the channels are the last one, as in arrays [C] and [batch, C].
            bool isFlat = call.Input().Rank < 3;
            call.Emit(call.Add("out", Op.Softmax, new Op.AxisAttributes(isFlat ? -1 : -3), isFlat ? call.Full() : call.AtLeast(3)), call.Input().Rank);
        }),
        Row("softmaxND", call => call.Emit(Op.Softmax, new Op.AxisAttributes(call.Axis(call.Parameters.Integer(1), call.Input().Rank)), call.Full())),
        Row("lrn", call =>
        {
            LayerMessage p = call.Parameters;
            Op.LocalResponseNormAttributes window = new(call.Size(3, "localSize"), p.Number(1), p.Number(2), p.Number(4, zero: 1));
            call.OnPlanes(x => call.Add("out", Op.LocalResponseNorm, window, x));
        }),
        Row("layerNormalization", call =>
        {
            LayerMessage p = call.Parameters;
            int[] shape = p.Integers(1, "normalizedShape");
            Value x = call.Full();
            if (shape.Length == 0 || shape.Length > x.TensorType.Rank) throw call.Broken($"The parameter 'normalizedShape' has {shape.Length} sizes; its input has {x.TensorType.Rank} axes.");
            int[] axes = [.. Enumerable.Range(x.TensorType.Rank - shape.Length, shape.Length)];
            call.Emit(Op.LayerNorm, new Op.LayerNormAttributes([.. axes], p.Number(2)), x,
                call.OptionalWeight(call.HasWeight("gamma"), "gamma", shape), call.OptionalWeight(call.HasWeight("beta"), "beta", shape));
        }),
    ];
}
