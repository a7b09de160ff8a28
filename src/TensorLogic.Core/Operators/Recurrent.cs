namespace TensorLogic.Operators;

/// <summary>Recurrent layers over [sequence, batch, features]. Sources: MIL <c>recurrent</c> (iOS15, iOS17, iOS18).</summary>
internal static partial class Op
{
    /// <summary>The order in which a recurrent layer reads its sequence.</summary>
    public enum RecurrentDirection
    {
        /// <summary>From the first element to the last.</summary>
        Forward,
        /// <summary>From the last element to the first; the output sequence stands in the order of processing.</summary>
        Reverse,
        /// <summary>Both ways; the outputs stand side by side in the order of time.</summary>
        Bidirectional,
    }

    /// <summary>The nonlinearity of a gate.</summary>
    public enum RecurrentActivation
    {
        /// <summary>1 / (1 + e^-x).</summary>
        Sigmoid,
        /// <summary>tanh x.</summary>
        Tanh,
        /// <summary>max(x, 0).</summary>
        Relu,
        /// <summary>min(max(0.2 x + 0.5, 0), 1).</summary>
        SigmoidHard,
        /// <summary>x.</summary>
        Linear,
    }

    public sealed record RnnAttributes(RecurrentDirection Direction, bool OutputSequence, RecurrentActivation Activation) : OperatorAttributes;

    public sealed record GruAttributes(RecurrentDirection Direction, bool OutputSequence, RecurrentActivation RecurrentActivation, RecurrentActivation Activation, bool ResetAfter) : OperatorAttributes;

    /// <summary>The cell state is clipped to [-Clip, Clip].</summary>
    public sealed record LstmAttributes(RecurrentDirection Direction, bool OutputSequence, RecurrentActivation RecurrentActivation, RecurrentActivation CellActivation, RecurrentActivation Activation, double Clip)
        : OperatorAttributes;

    /// <summary>h' = activation(W x + R h + b). Outputs: the sequence of h (or its last element), the last h.</summary>
    // x: [S, B, I]   initial_h: [B, H]   weight_ih: [H, I]   weight_hh: [H, H]   bias: [H]
    public static readonly Operator<RnnAttributes> Rnn = new("rnn")
    {
        Inputs = [new("x", ElementTypes.Floats), new("initial_h", ElementTypes.Floats), new("weight_ih", ElementTypes.Floats), new("weight_hh", ElementTypes.Floats),
                  new("bias", ElementTypes.Floats, Optional: true)],
        InferWith = static (context, a) =>
        {
            context.Require(a.Direction != RecurrentDirection.Bidirectional, 0, "one direction");
            Dimension hidden = Recurrence.CheckWeights(context, 2, 3, gates: 1);
            Recurrence.CheckVector(context, 4, hidden, 1);
            return Recurrence.Outputs(context, hidden, [1], a.OutputSequence);
        },
        EvaluateWith = static (context, a) =>
        {
            Recurrence loop = new(context, 2, 3, a.Direction == RecurrentDirection.Reverse, gates: 1);
            double[] bias = loop.Vector(context, 4, 1), h = context.Doubles(1);
            var gate = new double[loop.Hidden];
            loop.Run(h, a.OutputSequence, (x, state) =>
            {
                bias.CopyTo(gate, 0);
                loop.Add(gate, x, state, 0);
                for (int i = 0; i < gate.Length; i++) state[i] = Recurrence.Apply(a.Activation, gate[i]);
            });
            context.Write(0, loop.SequenceShape(a.OutputSequence), loop.Sequence);
            context.Write(1, loop.StateShape, h);
        },
    };

    /// <summary>Gated recurrent unit with gates in the order reset, output, update: h' = (1 - z) o + z h.</summary>
    /// <remarks>o = activation(W x + R (r h) + b), or with <see cref="GruAttributes.ResetAfter"/> activation(W x + b_in + r (R h + b)), as PyTorch has it.
    /// The definition's formula leaves the place of r open; its tests take the former.</remarks>
    // x: [S, B, I]   initial_h: [B, H]   weight_ih: [3H, I]   weight_hh: [3H, H]   bias, input_bias: [3H]
    public static readonly Operator<GruAttributes> Gru = new("gru")
    {
        Inputs = [new("x", ElementTypes.Floats), new("initial_h", ElementTypes.Floats), new("weight_ih", ElementTypes.Floats), new("weight_hh", ElementTypes.Floats),
                  new("bias", ElementTypes.Floats, Optional: true), new("input_bias", ElementTypes.Floats, Optional: true)],
        InferWith = static (context, a) =>
        {
            context.Require(a.Direction != RecurrentDirection.Bidirectional, 0, "one direction");
            Dimension hidden = Recurrence.CheckWeights(context, 2, 3, gates: 3);
            Recurrence.CheckVector(context, 4, hidden, 3);
            Recurrence.CheckVector(context, 5, hidden, 3);
            return Recurrence.Outputs(context, hidden, [1], a.OutputSequence);
        },
        EvaluateWith = static (context, a) =>
        {
            Recurrence loop = new(context, 2, 3, a.Direction == RecurrentDirection.Reverse, gates: 3);
            double[] bias = loop.Vector(context, 4, 3), inputBias = loop.Vector(context, 5, 3), h = context.Doubles(1);
            int n = loop.Hidden;
            double[] reset = new double[n], output = new double[n], update = new double[n], gated = new double[n];
            loop.Run(h, a.OutputSequence, (x, state) =>
            {
                for (int i = 0; i < n; i++)
                {
                    reset[i] = bias[i] + inputBias[i];
                    output[i] = inputBias[n + i];
                    update[i] = bias[2 * n + i] + inputBias[2 * n + i];
                }
                loop.Add(reset, x, state, 0);
                loop.Add(update, x, state, 2);
                for (int i = 0; i < n; i++)
                {
                    reset[i] = Recurrence.Apply(a.RecurrentActivation, reset[i]);
                    update[i] = Recurrence.Apply(a.RecurrentActivation, update[i]);
                }
                loop.AddInput(output, x, 1);
                if (a.ResetAfter)
                {
                    Array.Copy(bias, n, gated, 0, n);
                    loop.AddHidden(gated, state, 1);
                    for (int i = 0; i < n; i++) output[i] += reset[i] * gated[i];
                }
                else
                {
                    for (int i = 0; i < n; i++)
                    {
                        output[i] += bias[n + i];
                        gated[i] = reset[i] * state[i];
                    }
                    loop.AddHidden(output, gated, 1);
                }
                for (int i = 0; i < n; i++) state[i] = (1 - update[i]) * Recurrence.Apply(a.Activation, output[i]) + update[i] * state[i];
            });
            context.Write(0, loop.SequenceShape(a.OutputSequence), loop.Sequence);
            context.Write(1, loop.StateShape, h);
        },
    };

    /// <summary>Long short-term memory with gates in the order input, forget, output, cell, and peepholes for the first three.</summary>
    /// <remarks>c' = clip(f c + i z), h' = o activation(c'); the peepholes of i and f see c, that of o sees c'.</remarks>
    // x: [S, B, I]   initial_h, initial_c: [B, D H]   weight_ih: [4H, I]   weight_hh: [4H, H]   bias: [4H]   peephole: [3H]; D = 2 if bidirectional
    public static readonly Operator<LstmAttributes> Lstm = new("lstm")
    {
        Inputs = [new("x", ElementTypes.Floats), new("initial_h", ElementTypes.Floats), new("initial_c", ElementTypes.Floats),
                  new("weight_ih", ElementTypes.Floats), new("weight_hh", ElementTypes.Floats), new("bias", ElementTypes.Floats, Optional: true), new("peephole", ElementTypes.Floats, Optional: true),
                  new("weight_ih_back", ElementTypes.Floats, Optional: true), new("weight_hh_back", ElementTypes.Floats, Optional: true), new("bias_back", ElementTypes.Floats, Optional: true), new("peephole_back", ElementTypes.Floats, Optional: true)],
        InferWith = static (context, a) =>
        {
            Dimension hidden = Recurrence.CheckWeights(context, 3, 4, gates: 4);
            Recurrence.CheckVector(context, 5, hidden, 4);
            Recurrence.CheckVector(context, 6, hidden, 3);
            if (a.Direction == RecurrentDirection.Bidirectional)
            {
                context.Require(context.Has(7), 7, "given for the second direction");
                context.Require(context.Has(8), 8, "given for the second direction");
                context.Require(Recurrence.CheckWeights(context, 7, 8, gates: 4) == hidden, 8, $"a hidden size of {hidden}");
                Recurrence.CheckVector(context, 9, hidden, 4);
                Recurrence.CheckVector(context, 10, hidden, 3);
                hidden = checked(2 * hidden.Size!.Value);
            }
            return Recurrence.Outputs(context, hidden, [1, 2], a.OutputSequence);
        },
        EvaluateWith = static (context, a) =>
        {
            double[] h = context.Doubles(1), c = context.Doubles(2);
            if (a.Direction != RecurrentDirection.Bidirectional)
            {
                Recurrence loop = new(context, 3, 4, a.Direction == RecurrentDirection.Reverse, gates: 4);
                RunLstm(context, loop, a, loop.Vector(context, 5, 4), loop.Vector(context, 6, 3), h, c);
                context.Write(0, loop.SequenceShape(a.OutputSequence), loop.Sequence);
                context.Write(1, loop.StateShape, h);
                context.Write(2, loop.StateShape, c);
                return;
            }
            Recurrence ahead = new(context, 3, 4, reverse: false, gates: 4), back = new(context, 7, 8, reverse: true, gates: 4);
            int n = ahead.Hidden;
            double[][] halves = [Recurrence.Half(h, n, 0), Recurrence.Half(h, n, 1), Recurrence.Half(c, n, 0), Recurrence.Half(c, n, 1)];
            RunLstm(context, ahead, a, ahead.Vector(context, 5, 4), ahead.Vector(context, 6, 3), halves[0], halves[2]);
            RunLstm(context, back, a, back.Vector(context, 9, 4), back.Vector(context, 10, 3), halves[1], halves[3]);
            Shape state = [ahead.Batch, 2 * n], sequence = [a.OutputSequence ? ahead.Steps : 1, ahead.Batch, 2 * n];
            if (a.OutputSequence) back.ReverseSequence();
            context.Write(0, sequence, Recurrence.SideBySide(ahead.Sequence, back.Sequence, n));
            context.Write(1, state, Recurrence.SideBySide(halves[0], halves[1], n));
            context.Write(2, state, Recurrence.SideBySide(halves[2], halves[3], n));
        },
    };

    private static void RunLstm(EvaluationContext context, Recurrence loop, LstmAttributes a, double[] bias, double[] peephole, double[] h, double[] c)
    {
        int n = loop.Hidden, at = 0;
        if (c.Length != h.Length) throw context.Error(2, context.Input(2).ToString(), $"{context.Input(1)}, as 'initial_h'");
        var gates = new double[4][];
        for (int gate = 0; gate < 4; gate++) gates[gate] = new double[n];
        loop.Run(h, a.OutputSequence, (x, state) =>
        {
            Span<double> cell = c.AsSpan(at * n, n);
            for (int gate = 0; gate < 4; gate++)
            {
                Array.Copy(bias, gate * n, gates[gate], 0, n);
                loop.Add(gates[gate], x, state, gate);
            }
            for (int i = 0; i < n; i++)
            {
                double input = Recurrence.Apply(a.RecurrentActivation, gates[0][i] + peephole[i] * cell[i]);
                double forget = Recurrence.Apply(a.RecurrentActivation, gates[1][i] + peephole[n + i] * cell[i]);
                double next = forget * cell[i] + input * Recurrence.Apply(a.CellActivation, gates[3][i]);
                cell[i] = next = Math.Clamp(next, -a.Clip, a.Clip);
                double output = Recurrence.Apply(a.RecurrentActivation, gates[2][i] + peephole[2 * n + i] * next);
                state[i] = output * Recurrence.Apply(a.Activation, next);
            }
            at = (at + 1) % loop.Batch;
        });
    }
}
