namespace TensorLogic.Operators;

/// <summary>Recurrent layers of neural network files, with what <see cref="Rnn"/>, <see cref="Gru"/> and <see cref="Lstm"/> do not have: gates clipped
/// to [-50, 50], activations with scales, coupled gates. Source: Core ML <c>NeuralNetwork.proto</c>.</summary>
/// <remarks>Inputs, gate orders and outputs are those of the operators named.</remarks>
internal static partial class Op
{
    private const double GateClip = 50;

    public enum LayerActivationKind
    {
        Linear,
        Sigmoid,
        Tanh,
        Relu,
        /// <summary>alpha · tanh(beta · x).</summary>
        ScaledTanh,
        /// <summary>min(max(alpha · x + beta, 0), 1).</summary>
        SigmoidHard,
    }

    /// <summary>The nonlinearity of a gate; alpha and beta also scale and shift the linear one.</summary>
    public readonly record struct LayerActivation(LayerActivationKind Kind, double Alpha = 1, double Beta = 0)
    {
        public double Apply(double x) => Kind switch
        {
            LayerActivationKind.Sigmoid => SpecialFunctions.Sigmoid(x),
            LayerActivationKind.Tanh => Math.Tanh(x),
            LayerActivationKind.Relu => Math.Max(x, 0),
            LayerActivationKind.ScaledTanh => Alpha * Math.Tanh(Beta * x),
            LayerActivationKind.SigmoidHard => Math.Clamp(Alpha * x + Beta, 0, 1),
            _ => Alpha * x + Beta,
        };

        public double ApplyClipped(double x) => Apply(Math.Clamp(x, -GateClip, GateClip));
    }

    /// <summary>Activations: of the gates, of the new content, of the cell's output.</summary>
    public sealed record LayerRecurrentAttributes(bool Reverse, bool OutputSequence, LayerActivation Gate, LayerActivation Content, LayerActivation Cell, bool Coupled, double Clip) : OperatorAttributes;

    /// <summary>h' = f(clip(W x + R h + b)).</summary>
    // x: [S, B, I]   initial_h: [B, H]   weight_ih: [H, I]   weight_hh: [H, H]   bias: [H]
    public static readonly Operator<LayerRecurrentAttributes> LayerRnn = new("recurrent_layer")
    {
        Inputs = [new("x", ElementTypes.Floats), new("initial_h", ElementTypes.Floats), new("weight_ih", ElementTypes.Floats), new("weight_hh", ElementTypes.Floats),
                  new("bias", ElementTypes.Floats, Optional: true)],
        InferWith = static (context, a) =>
        {
            Dimension hidden = Recurrence.CheckWeights(context, 2, 3, gates: 1);
            Recurrence.CheckVector(context, 4, hidden, 1);
            return Recurrence.Outputs(context, hidden, [1], a.OutputSequence);
        },
        EvaluateWith = static (context, a) =>
        {
            Recurrence loop = new(context, 2, 3, a.Reverse, gates: 1);
            double[] bias = loop.Vector(context, 4, 1), h = context.Doubles(1), gate = new double[loop.Hidden];
            loop.Run(h, a.OutputSequence, (x, state) =>
            {
                bias.CopyTo(gate, 0);
                loop.Add(gate, x, state, 0);
                for (int i = 0; i < gate.Length; i++) state[i] = a.Gate.ApplyClipped(gate[i]);
            });
            context.Write(0, loop.SequenceShape(a.OutputSequence), loop.Sequence);
            context.Write(1, loop.StateShape, h);
        },
    };

    /// <summary>Gated recurrent unit with gates in the order reset, output, update: h' = (1 - z) o + z h, o = g(clip(W x + R (r h) + b)).</summary>
    // x: [S, B, I]   initial_h: [B, H]   weight_ih: [3H, I]   weight_hh: [3H, H]   bias: [3H]
    public static readonly Operator<LayerRecurrentAttributes> LayerGru = new("gru_layer")
    {
        Inputs = [new("x", ElementTypes.Floats), new("initial_h", ElementTypes.Floats), new("weight_ih", ElementTypes.Floats), new("weight_hh", ElementTypes.Floats),
                  new("bias", ElementTypes.Floats, Optional: true)],
        InferWith = static (context, a) =>
        {
            Dimension hidden = Recurrence.CheckWeights(context, 2, 3, gates: 3);
            Recurrence.CheckVector(context, 4, hidden, 3);
            return Recurrence.Outputs(context, hidden, [1], a.OutputSequence);
        },
        EvaluateWith = static (context, a) =>
        {
            Recurrence loop = new(context, 2, 3, a.Reverse, gates: 3);
            double[] bias = loop.Vector(context, 4, 3), h = context.Doubles(1);
            int n = loop.Hidden;
            double[] reset = new double[n], output = new double[n], update = new double[n], gated = new double[n];
            loop.Run(h, a.OutputSequence, (x, state) =>
            {
                Array.Copy(bias, 0, reset, 0, n);
                Array.Copy(bias, n, output, 0, n);
                Array.Copy(bias, 2 * n, update, 0, n);
                loop.Add(reset, x, state, 0);
                loop.Add(update, x, state, 2);
                for (int i = 0; i < n; i++) gated[i] = a.Gate.ApplyClipped(reset[i]) * state[i];
                loop.AddInput(output, x, 1);
                loop.AddHidden(output, gated, 1);
                for (int i = 0; i < n; i++)
                {
                    double z = a.Gate.ApplyClipped(update[i]);
                    state[i] = (1 - z) * a.Content.ApplyClipped(output[i]) + z * state[i];
                }
            });
            context.Write(0, loop.SequenceShape(a.OutputSequence), loop.Sequence);
            context.Write(1, loop.StateShape, h);
        },
    };

    /// <summary>Long short-term memory with gates in the order input, forget, output, cell, and peepholes for the first three. Coupled: the forget gate
    /// is 1 minus the input gate.</summary>
    // x: [S, B, I]   initial_h, initial_c: [B, H]   weight_ih: [4H, I]   weight_hh: [4H, H]   bias: [4H]   peephole: [3H]
    public static readonly Operator<LayerRecurrentAttributes> LayerLstm = new("lstm_layer")
    {
        Inputs = [new("x", ElementTypes.Floats), new("initial_h", ElementTypes.Floats), new("initial_c", ElementTypes.Floats), new("weight_ih", ElementTypes.Floats), new("weight_hh", ElementTypes.Floats),
                  new("bias", ElementTypes.Floats, Optional: true), new("peephole", ElementTypes.Floats, Optional: true)],
        InferWith = static (context, a) =>
        {
            Dimension hidden = Recurrence.CheckWeights(context, 3, 4, gates: 4);
            Recurrence.CheckVector(context, 5, hidden, 4);
            Recurrence.CheckVector(context, 6, hidden, 3);
            return Recurrence.Outputs(context, hidden, [1, 2], a.OutputSequence);
        },
        EvaluateWith = static (context, a) =>
        {
            Recurrence loop = new(context, 3, 4, a.Reverse, gates: 4);
            double[] bias = loop.Vector(context, 5, 4), peephole = loop.Vector(context, 6, 3), h = context.Doubles(1), c = context.Doubles(2);
            int n = loop.Hidden, sample = 0;
            if (c.Length != h.Length) throw context.Error(2, context.Input(2).ToString(), $"{context.Input(1)}, as 'initial_h'");
            double[][] gates = [new double[n], new double[n], new double[n], new double[n]];
            loop.Run(h, a.OutputSequence, (x, state) =>
            {
                Span<double> cell = c.AsSpan(sample * n, n);
                for (int gate = 0; gate < 4; gate++)
                {
                    Array.Copy(bias, gate * n, gates[gate], 0, n);
                    loop.Add(gates[gate], x, state, gate);
                }
                for (int i = 0; i < n; i++)
                {
                    double input = a.Gate.ApplyClipped(gates[0][i] + peephole[i] * cell[i]);
                    double forget = a.Coupled ? 1 - input : a.Gate.ApplyClipped(gates[1][i] + peephole[n + i] * cell[i]);
                    double next = Math.Clamp(forget * cell[i] + input * a.Content.ApplyClipped(gates[3][i]), -a.Clip, a.Clip);
                    cell[i] = next;
                    state[i] = a.Gate.ApplyClipped(gates[2][i] + peephole[2 * n + i] * next) * a.Cell.Apply(next);
                }
                sample = (sample + 1) % loop.Batch;
            });
            context.Write(0, loop.SequenceShape(a.OutputSequence), loop.Sequence);
            context.Write(1, loop.StateShape, h);
            context.Write(2, loop.StateShape, c);
        },
    };
}
