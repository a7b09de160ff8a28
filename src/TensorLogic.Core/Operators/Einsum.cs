namespace TensorLogic.Operators;

/// <summary>Products in Einstein's notation. Sources: MIL <c>einsum</c> (iOS15), NumPy <c>einsum</c>.</summary>
internal static partial class Op
{
    /// <param name="Equation">Such as <c>nchw,nwhu-&gt;nchu</c>.</param>
    public sealed record EinsumAttributes(string Equation) : OperatorAttributes;

    /// <summary>The product of one or two tensors whose axes are named by letters, summed over the letters that the result lacks.</summary>
    /// <remarks>A letter that repeats in one tensor takes its diagonal; sizes of 1 broadcast; <c>...</c> stands for further axes, aligned at the last;
    /// without an arrow the result has the letters that occur once, in alphabetical order.</remarks>
    public static readonly Operator<EinsumAttributes> Einsum = new("einsum")
    {
        DifferentiateWith = EinsumGradients,
        Inputs = [new("values", ElementTypes.Floats, Variadic: true)],
        InferWith = static (context, a) =>
        {
            context.Require(context.InputCount is 1 or 2, 0, "one or two tensors");
            int[] ranks = [.. Enumerable.Range(0, context.InputCount).Select(input => context.Input(input).Rank)];
            EinsumEquation equation = EinsumEquation.Parse(a.Equation, ranks) ?? throw context.Error(0, $"tensors that the equation '{a.Equation}' fits");
            var sizes = new Dimension[equation.Labels];
            Array.Fill(sizes, 1);
            for (int input = 0; input < ranks.Length; input++)
            {
                context.Require(context.Input(input).ElementType == context.Input(0).ElementType, input, $"a tensor of {context.Input(0).ElementType.Name}, as '{context.InputName(0)}'");
                for (int axis = 0; axis < ranks[input]; axis++)
                {
                    ref Dimension size = ref sizes[equation.Operands[input][axis]];
                    Dimension here = context.Input(input).Dimensions[axis];
                    context.Require(Inference.MayEqual(size, here) || size.Size == 1 || here.Size == 1, input, $"size {size} along axis {axis}, by the equation '{a.Equation}'");
                    if (size.Size == 1 || !size.IsKnown && here.IsKnown && here.Size != 1) size = here;
                }
            }
            return Inference.One(context.Input(0).ElementType, equation.Output.Select(label => sizes[label]));
        },
        EvaluateWith = static (context, a) =>
        {
            int[] ranks = [.. Enumerable.Range(0, context.InputCount).Select(input => context.Input(input).Rank)];
            EinsumEquation equation = EinsumEquation.Parse(a.Equation, ranks) ?? throw context.Error(0, context.Input(0).ToString(), $"tensors that the equation '{a.Equation}' fits");
            var sizes = new int[equation.Labels];
            Array.Fill(sizes, 1);
            for (int input = 0; input < ranks.Length; input++)
                for (int axis = 0; axis < ranks[input]; axis++)
                {
                    ref int size = ref sizes[equation.Operands[input][axis]];
                    int here = context.Input(input).Shape[axis];
                    if (size != here && size != 1 && here != 1) throw context.Error(input, context.Input(input).ToString(), $"size {size} along axis {axis}, by the equation '{a.Equation}'");
                    if (size == 1) size = here;
                }
            double[] x = context.Doubles(0), y = ranks.Length > 1 ? context.Doubles(1) : [1];
            long[] xSteps = equation.Steps(0, context.Input(0).Shape, sizes), ySteps = ranks.Length > 1 ? equation.Steps(1, context.Input(1).Shape, sizes) : new long[equation.Labels];
            Shape result = Shape.Create([.. equation.Output.Select(label => sizes[label])]);
            int[] outer = equation.Output, summed = [.. Enumerable.Range(0, equation.Labels).Except(outer)];
            var z = new double[result.ElementCount];
            LabelCounter from = new(outer, sizes, xSteps, ySteps), inner = new(summed, sizes, xSteps, ySteps);
            for (int i = 0; i < z.Length; i++, from.Next())
            {
                if ((i & 0xFFF) == 0) context.Cancellation.ThrowIfCancellationRequested();
                double sum = 0;
                inner.Reset();
                for (long k = 0; k < inner.Count; k++, inner.Next()) sum += x[from.X + inner.X] * y[from.Y + inner.Y];
                z[i] = sum;
            }
            context.Write(0, result, z);
        },
    };

    /// <summary>Counts through the indices of some labels, the last one fastest, and keeps the places in both tensors.</summary>
    private sealed class LabelCounter(int[] labels, int[] sizes, long[] xSteps, long[] ySteps)
    {
        private readonly int[] _indices = new int[labels.Length];

        public long X { get; private set; }

        public long Y { get; private set; }

        /// <summary>Number of combinations.</summary>
        public long Count { get; } = labels.Aggregate(1L, (product, label) => checked(product * sizes[label]));

        public void Reset()
        {
            Array.Clear(_indices);
            (X, Y) = (0, 0);
        }

        public void Next()
        {
            for (int k = labels.Length - 1; k >= 0; k--)
            {
                int label = labels[k];
                X += xSteps[label];
                Y += ySteps[label];
                if (++_indices[k] < sizes[label]) return;
                _indices[k] = 0;
                X -= xSteps[label] * sizes[label];
                Y -= ySteps[label] * sizes[label];
            }
        }
    }

    // The gradient of one tensor is the equation with the result in its place, spread over the letters that occur nowhere else.
    private static void EinsumGradients(GradientContext g, EinsumAttributes a)
    {
        string equation = a.Equation.Replace(" ", "", StringComparison.Ordinal);
        int arrow = equation.IndexOf("->", StringComparison.Ordinal);
        string[] operands = arrow < 0 ? [] : equation[..arrow].Split(',');
        if (arrow < 0 || equation.Contains('.', StringComparison.Ordinal) || operands.Any(letters => letters.Distinct().Count() != letters.Length))
            throw new UnsupportedOperatorException("einsum", "its gradient exists for equations with an arrow, without dots and without letters that repeat in one tensor");
        string result = equation[(arrow + 2)..];
        for (int i = 0; i < operands.Length; i++)
        {
            if (!g.Needs(i)) continue;
            string own = operands[i], other = operands.Length == 2 ? operands[1 - i] : "";
            string known = string.Concat(own.Where(letter => result.Contains(letter, StringComparison.Ordinal) || other.Contains(letter, StringComparison.Ordinal)));
            Tensor gradient = operands.Length == 2
                ? g.Run(Einsum!, new EinsumAttributes($"{result},{other}->{known}"), g.Upstream, g.Cast(g.Input(1 - i), g.Upstream.ElementType))
                : g.Run(Einsum!, new EinsumAttributes($"{result}->{known}"), g.Upstream);
            Shape shape = g.Input(i).Shape;
            g.Set(i, g.Broadcast(g.Reshape(gradient, [.. own.Select((letter, axis) => known.Contains(letter, StringComparison.Ordinal) ? shape[axis] : 1)]), shape));
        }
    }
}

/// <summary>An equation of <c>einsum</c>, its letters numbered.</summary>
internal sealed record EinsumEquation(int Labels, int[][] Operands, int[] Output)
{
    /// <summary>The equation for tensors of these ranks, or null if it is malformed or does not fit them.</summary>
    public static EinsumEquation? Parse(string text, int[] ranks)
    {
        string[] sides = text.Replace(" ", "", StringComparison.Ordinal).Split("->");
        string[] terms = sides[0].Split(',');
        if (sides.Length > 2 || terms.Length != ranks.Length) return null;
        // Axes under "..." are keyed by their distance from the last of them.
        Dictionary<(char Letter, int Place), int> numbers = [];
        Dictionary<char, int> occurrences = [];
        int further = 0;
        var operands = new int[terms.Length][];
        for (int k = 0; k < terms.Length; k++)
        {
            string letters = terms[k].Replace("...", "", StringComparison.Ordinal);
            int hidden = ranks[k] - letters.Length;
            if (terms[k].Contains("...", StringComparison.Ordinal) ? hidden < 0 : hidden != 0) return null;
            further = Math.Max(further, hidden);
            if (Expand(terms[k], hidden) is not { } keys) return null;
            operands[k] = [.. keys.Select(Number)];
            foreach (char letter in letters) occurrences[letter] = occurrences.GetValueOrDefault(letter) + 1;
        }
        string output = sides.Length == 2 ? sides[1] : "..." + string.Concat(occurrences.Where(pair => pair.Value == 1).Select(pair => pair.Key).Order());
        if (Expand(output, further) is not { } results || results.Distinct().Count() != results.Count || !results.All(numbers.ContainsKey)) return null;
        return new EinsumEquation(numbers.Count, operands, [.. results.Select(Number)]);

        int Number((char, int) key)
        {
            if (numbers.TryGetValue(key, out int number)) return number;
            return numbers[key] = numbers.Count;
        }
    }

    private static List<(char, int)>? Expand(string term, int hidden)
    {
        List<(char, int)> keys = [];
        bool expanded = false;
        for (int i = 0; i < term.Length; i++)
        {
            if (char.IsAsciiLetter(term[i])) keys.Add((term[i], 0));
            else if (!expanded && string.CompareOrdinal(term, i, "...", 0, 3) == 0)
            {
                for (int place = hidden; place > 0; place--) keys.Add(('.', place));
                expanded = true;
                i += 2;
            }
            else return null;
        }
        return keys;
    }

    /// <summary>How far a tensor's elements lie apart along each label; 0 along labels that it lacks or repeats.</summary>
    public long[] Steps(int operand, Shape shape, int[] sizes)
    {
        var steps = new long[Labels];
        long[] strides = shape.RowMajorStrides();
        for (int axis = 0; axis < shape.Rank; axis++)
        {
            int label = Operands[operand][axis];
            if (shape[axis] == sizes[label]) steps[label] += strides[axis];
        }
        return steps;
    }
}
