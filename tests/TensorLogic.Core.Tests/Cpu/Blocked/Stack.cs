using TensorLogic.Core.Tests.Cpu.Kernels;
using TensorLogic.Cpu;
using TensorLogic.Graphs;
using TensorLogic.Operators;

namespace TensorLogic.Core.Tests.Cpu.Blocked;

/// <summary>A graph that grows node by node, each computed at once by its reference kernel too.</summary>
internal sealed class Stack
{
    private readonly GraphBuilder _builder = new("stack");
    private readonly Dictionary<Value, Tensor> _expected = [];
    private readonly Tensor _input;
    private int _seed;

    public Stack(int[] sizes, TensorType? declared = null)
    {
        _input = Reference.Random(1, sizes);
        Input = _builder.Input("x", declared ?? _input.Type);
        _expected[Input] = _input;
    }

    public Value Input { get; }

    public Value Constant(params int[] sizes) => Known(Reference.Random(++_seed + 100, sizes));

    public Value Known(Tensor tensor)
    {
        Value constant = _builder.Constant($"c{++_seed}", tensor);
        _expected[constant] = tensor;
        return constant;
    }

    public Value Add(Operator @operator, OperatorAttributes attributes, params Value?[] inputs)
    {
        Value value = _builder.Add($"v{++_seed}", @operator, attributes, inputs);
        _expected[value] = Reference.Run(@operator, attributes, [.. inputs.Select(input => input is null ? null : _expected[input])])[0];
        return value;
    }

    public Value Add(Operator @operator, params Value?[] inputs) => Add(@operator, NoAttributes.Value, inputs);

    public Value Conv(Value x, int outputs, int kernel, int stride = 1, int pad = 0, int groups = 1, int dilation = 1, bool bias = true)
    {
        int channels = x.TensorType.Dimensions[1].Size!.Value / groups;
        Tensor weight = Reference.Random(++_seed + 100, outputs, channels, kernel, kernel);
        // Sums stay about as large as their terms, however many layers follow.
        using (Tensor scaled = weight)
            weight = Reference.Run(Op.Mul, NoAttributes.Value, scaled, Tensor.Scalar((float)(1.5 / Math.Sqrt(channels * kernel * kernel))))[0];
        return Add(Op.Conv, new Op.ConvAttributes([stride, stride], PadType.Custom, [pad, pad, pad, pad], [dilation, dilation], groups), x, Known(weight), bias ? Constant(outputs) : null);
    }

    /// <summary>Runs the graph and holds each output against its reference; gives the plan's text.</summary>
    public string AssertAgrees(params Value[] outputs)
    {
        using CpuBackend backend = new(2);
        using IExecutable executable = backend.Compile(_builder.Build(outputs), new CompileOptions());
        for (int run = 0; run < 2; run++)
        {
            Tensor?[] results = new Tensor?[outputs.Length];
            executable.Run([_input], results);
            for (int i = 0; i < outputs.Length; i++) Reference.AssertClose(results[i]!, _expected[outputs[i]], 2e-5, 1);
        }
        return executable.PlanText;
    }
}
