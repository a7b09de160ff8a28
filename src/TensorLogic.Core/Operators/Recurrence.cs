using System.Collections.Immutable;
using System.Numerics.Tensors;

namespace TensorLogic.Operators;

/// <summary>The loop over steps and samples that recurrent layers share, in one direction, with the products of its gates.</summary>
internal sealed class Recurrence
{
    /// <summary>Computes one step of one sample: reads its features, replaces its hidden state.</summary>
    public delegate void Step(ReadOnlySpan<double> x, Span<double> state);

    private readonly double[] _x, _inputWeights, _hiddenWeights;
    private readonly int _features;
    private readonly bool _reverse;
    private readonly EvaluationContext _context;

    public Recurrence(EvaluationContext context, int inputWeights, int hiddenWeights, bool reverse, int gates)
    {
        (_context, _reverse) = (context, reverse);
        Shape x = context.Input(0).Shape, ih = context.Input(inputWeights).Shape, hh = context.Input(hiddenWeights).Shape;
        (Steps, Batch, _features, Hidden) = (x[0], x[1], x[2], hh[1]);
        if (ih[1] != _features) throw context.Error(0, x.ToString(), $"{ih[1]} features, as '{inputWeights}' has");
        if (hh[0] != gates * (long)Hidden || ih[0] != hh[0]) throw context.Error(hiddenWeights, hh.ToString(), $"{gates} gates");
        _x = context.Doubles(0);
        _inputWeights = context.Doubles(inputWeights);
        _hiddenWeights = context.Doubles(hiddenWeights);
    }

    public int Steps { get; }

    public int Batch { get; }

    public int Hidden { get; }

    public Shape StateShape => [Batch, Hidden];

    /// <summary>[steps or 1, batch, hidden], once <see cref="Run"/> is done.</summary>
    public double[] Sequence { get; private set; } = [];

    public Shape SequenceShape(bool outputSequence) => [outputSequence ? Steps : 1, Batch, Hidden];

    /// <summary>A vector of so many gates; zeros if it is left out.</summary>
    public double[] Vector(EvaluationContext context, int input, int gates) => context.Has(input) ? context.Doubles(input) : new double[gates * Hidden];

    /// <summary>Runs all steps. <paramref name="state"/>: [batch, hidden], replaced by the last state.</summary>
    public void Run(double[] state, bool outputSequence, Step step)
    {
        if (state.Length != (long)Batch * Hidden) throw _context.Error(1, _context.Input(1).ToString(), $"{Batch} samples of {Hidden}");
        if (outputSequence) Sequence = new double[(long)Steps * state.Length];
        for (int t = 0; t < Steps; t++)
        {
            _context.Cancellation.ThrowIfCancellationRequested();
            int time = _reverse ? Steps - 1 - t : t;
            for (int b = 0; b < Batch; b++) step(_x.AsSpan((time * Batch + b) * _features, _features), state.AsSpan(b * Hidden, Hidden));
            if (outputSequence) state.CopyTo(Sequence, (long)t * state.Length);
        }
        if (!outputSequence) Sequence = (double[])state.Clone();
    }

    /// <summary>Adds W x + R h of one gate.</summary>
    public void Add(double[] gate, ReadOnlySpan<double> x, ReadOnlySpan<double> state, int index)
    {
        AddInput(gate, x, index);
        AddHidden(gate, state, index);
    }

    public void AddInput(double[] gate, ReadOnlySpan<double> x, int index) => Add(gate, _inputWeights, x, index);

    public void AddHidden(double[] gate, ReadOnlySpan<double> state, int index) => Add(gate, _hiddenWeights, state, index);

    private void Add(double[] gate, double[] weights, ReadOnlySpan<double> x, int index)
    {
        // weights: [gates · hidden, x]
        for (int i = 0; i < Hidden; i++)
            if (x.Length > 0) gate[i] += TensorPrimitives.Dot(weights.AsSpan((index * Hidden + i) * x.Length, x.Length), x);
    }

    /// <summary>Brings the sequence of a reversed direction into the order of time.</summary>
    public void ReverseSequence()
    {
        int row = Batch * Hidden;
        var turned = new double[Sequence.Length];
        for (int t = 0; t < Steps; t++) Array.Copy(Sequence, (Steps - 1 - t) * row, turned, t * row, row);
        Sequence = turned;
    }

    public static double Apply(Op.RecurrentActivation activation, double x) => activation switch
    {
        Op.RecurrentActivation.Sigmoid => SpecialFunctions.Sigmoid(x),
        Op.RecurrentActivation.Tanh => Math.Tanh(x),
        Op.RecurrentActivation.Relu => Math.Max(x, 0),
        Op.RecurrentActivation.SigmoidHard => Math.Clamp(0.2 * x + 0.5, 0, 1),
        _ => x,
    };

    /// <summary>One half of rows of 2n elements.</summary>
    public static double[] Half(double[] rows, int n, int half)
    {
        var part = new double[rows.Length / 2];
        for (int i = 0; i < part.Length; i++) part[i] = rows[i / n * 2 * n + half * n + i % n];
        return part;
    }

    /// <summary>Rows of n elements of both, side by side.</summary>
    public static double[] SideBySide(double[] left, double[] right, int n)
    {
        var rows = new double[2 * left.Length];
        for (int i = 0; i < left.Length; i++)
        {
            rows[i / n * 2 * n + i % n] = left[i];
            rows[i / n * 2 * n + n + i % n] = right[i];
        }
        return rows;
    }

    /// <summary>Checks the weights of one direction against x; gives the hidden size.</summary>
    public static Dimension CheckWeights(InferenceContext context, int inputWeights, int hiddenWeights, int gates)
    {
        TensorType x = context.Input(0), ih = context.Input(inputWeights), hh = context.Input(hiddenWeights);
        context.Require(x.Rank == 3, 0, "a tensor [sequence, batch, features]");
        context.Require(hh.Rank == 2 && hh.IsStatic && hh.Shape[1] > 0 && hh.Shape[0] == (long)gates * hh.Shape[1], hiddenWeights, $"a matrix [{gates} · hidden, hidden]");
        context.Require(ih.Rank == 2 && ih.IsStatic && ih.Shape[0] == hh.Shape[0] && Inference.MayEqual(x.Dimensions[2], ih.Dimensions[1]), inputWeights, $"a matrix [{hh.Shape[0]}, {x.Dimensions[2]}]");
        return hh.Dimensions[1];
    }

    /// <summary>Checks an optional vector of so many gates.</summary>
    public static void CheckVector(InferenceContext context, int input, Dimension hidden, int gates)
    {
        if (!context.Has(input)) return;
        TensorType vector = context.Input(input);
        context.Require(vector.Rank == 1 && vector.Dimensions[0].Size == hidden.Size * gates, input, $"a vector [{hidden.Size * gates}]");
    }

    /// <summary>Checks the states, and gives the types of the sequence and of the states.</summary>
    public static ImmutableArray<ValueType> Outputs(InferenceContext context, Dimension width, int[] states, bool outputSequence)
    {
        TensorType x = context.Input(0);
        Dimension batch = x.Dimensions[1];
        foreach (int input in states)
        {
            TensorType state = context.Input(input);
            context.Require(state.Rank == 2 && Inference.MayEqual(state.Dimensions[0], batch) && Inference.MayEqual(state.Dimensions[1], width), input, $"a matrix [{batch}, {width}]");
            if (!batch.IsKnown) batch = state.Dimensions[0];
        }
        TensorValueType last = new(new TensorType(x.ElementType, [batch, width]));
        return [new TensorValueType(new TensorType(x.ElementType, [outputSequence ? x.Dimensions[0] : 1, batch, width])), .. Enumerable.Repeat(last, states.Length)];
    }
}
