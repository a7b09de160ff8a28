using static TensorLogic.Tests.CoreML.Programs.CompiledProgram;

namespace TensorLogic.Tests.CoreML.Programs;

/// <summary>Operations in opsets of which no recorded case tells them from zeros, by their definitions in coremltools.</summary>
public sealed class OperationTests
{
    private static double[] Run(string opset, (string, string, string)[] inputs, (string Name, string, string) output, string statements, params Tensor[] values)
    {
        using CompiledProgram program = new(opset, inputs, [output], statements);
        Features features = new();
        for (int i = 0; i < inputs.Length; i++) features[inputs[i].Item1] = values[i];
        using Features results = program.Model.Predict(features);
        return TensorConversion.ReadDoubles(results[output.Name].AsTensor());
    }

    [TestCase("ios15")]
    [TestCase("ios16")]
    [TestCase("ios18")]
    public void Cosh_is_half_the_sum_of_both_exponentials(string opset)
    {
        double[] actual = Run(opset, [("x", "fp32", "3")], ("y", "fp32", "3"), "tensor<fp32, [3]> y = cosh(x = x)[name = tensor<string, []>(\"y\")];", Floats([3], -1.5f, 0, 2));

        Assert.That(actual, Is.EqualTo(new[] { -1.5, 0, 2 }.Select(x => (Math.Exp(x) + Math.Exp(-x)) / 2)).Within(1e-5));
    }

    [TestCase("ios16", "int32", "7", 7)]
    [TestCase("ios17", "fp32", "2.5", 2.5)]
    [TestCase("ios18", "fp32", "2.5", 2.5)]
    [TestCase("ios17", "int32", "7", 7)]
    [TestCase("ios18", "int32", "7", 7)]
    public void Fill_repeats_a_value(string opset, string type, string text, double value)
    {
        double[] actual = Run(opset, [("x", "fp32", "1")], ("z", type, "2, 3"),
            Const("shape", "int32", "2", "[2, 3]") + Const("value", type, "", text) + $"tensor<{type}, [2, 3]> z = fill(shape = shape, value = value)[name = tensor<string, []>(\"z\")];", Floats([1], 0));

        Assert.That(actual, Is.EqualTo(Enumerable.Repeat(value, 6)));
    }

    [TestCase("ios15")]
    [TestCase("ios17")]
    [TestCase("ios18")]
    public void Random_categorical_draws_from_the_last_axis(string opset)
    {
        const int draws = 4000;
        double[] actual = Run(opset, [("x", "fp32", "2, 3")], ("y", "fp32", "2, 4000"),
            Const("mode", "string", "", "\"probs\"") + Const("size", "int32", "", $"{draws}") + Const("seed", "int32", "", "5")
            + $"tensor<fp32, [2, {draws}]> y = random_categorical(x = x, mode = mode, size = size, seed = seed)[name = tensor<string, []>(\"y\")];", Floats([2, 3], 0.2f, 0.5f, 0.3f, 0, 0, 1));

        double[] shares = [.. Enumerable.Range(0, 3).Select(category => (double)actual.Take(draws).Count(drawn => drawn == category) / draws)];
        Assert.That(shares, Is.EqualTo(new[] { 0.2, 0.5, 0.3 }).Within(0.03));
        Assert.That(actual.Skip(draws), Is.All.EqualTo(2));
    }

    [TestCase("ios15")]
    [TestCase("ios16")]
    [TestCase("ios18")]
    public void Rnn_feeds_its_state_back(string opset)
    {
        const double w = 0.5, r = -0.3, bias = 0.1;
        double[] actual = Run(opset, [("x", "fp32", "3, 1, 1"), ("h", "fp32", "1, 1")], ("y", "fp32", "3, 1, 1"),
            Const("w", "fp32", "1, 1", "[[0.5]]") + Const("r", "fp32", "1, 1", "[[-0.3]]") + Const("b", "fp32", "1", "[0.1]") + Const("all", "bool", "", "true")
            + "tensor<fp32, [3, 1, 1]> y, tensor<fp32, [1, 1]> last = rnn(x = x, initial_h = h, weight_ih = w, weight_hh = r, bias = b, output_sequence = all)[name = tensor<string, []>(\"y\")];",
            Floats([3, 1, 1], 1, -2, 3), Floats([1, 1], 0.7f));

        double h = 0.7;
        double[] expected = [.. new[] { 1.0, -2, 3 }.Select(x => h = Math.Tanh(w * x + r * h + bias))];
        Assert.That(actual, Is.EqualTo(expected).Within(1e-5));
    }

    [TestCase("ios15")]
    [TestCase("ios16")]
    [TestCase("ios18")]
    public void Lstm_has_its_gates_in_the_order_input_forget_output_cell(string opset)
    {
        double[] actual = Run(opset, [("x", "fp32", "3, 1, 1"), ("h", "fp32", "1, 1"), ("c", "fp32", "1, 1")], ("y", "fp32", "3, 1, 1"),
            Const("w", "fp32", "4, 1", "[[0.5], [-0.4], [0.3], [0.9]]") + Const("r", "fp32", "4, 1", "[[0.2], [0.1], [-0.6], [0.8]]") + Const("b", "fp32", "4", "[0.05, 0.5, -0.1, 0.2]") + Const("all", "bool", "", "true")
            + "tensor<fp32, [3, 1, 1]> y, tensor<fp32, [1, 1]> hn, tensor<fp32, [1, 1]> cn = lstm(x = x, initial_h = h, initial_c = c, weight_ih = w, weight_hh = r, bias = b, output_sequence = all)[name = tensor<string, []>(\"y\")];",
            Floats([3, 1, 1], 1, -2, 3), Floats([1, 1], 0.7f), Floats([1, 1], -0.4f));

        (double h, double c) = (0.7, -0.4);
        double[] expected = [.. new[] { 1.0, -2, 3 }.Select(x =>
        {
            double i = Sigmoid(0.5 * x + 0.2 * h + 0.05), f = Sigmoid(-0.4 * x + 0.1 * h + 0.5), o = Sigmoid(0.3 * x - 0.6 * h - 0.1), z = Math.Tanh(0.9 * x + 0.8 * h + 0.2);
            c = f * c + i * z;
            return h = o * Math.Tanh(c);
        })];
        Assert.That(actual, Is.EqualTo(expected).Within(1e-5));
    }

    [TestCase("ios15", false)]
    [TestCase("ios16", false)]
    [TestCase("ios16", true)]
    [TestCase("ios18", true)]
    public void Gru_has_its_gates_in_the_order_reset_output_update(string opset, bool resetAfter)
    {
        double[] actual = Run(opset, [("x", "fp32", "3, 1, 1"), ("h", "fp32", "1, 1")], ("y", "fp32", "3, 1, 1"),
            Const("w", "fp32", "3, 1", "[[0.5], [-0.4], [0.9]]") + Const("r", "fp32", "3, 1", "[[0.2], [0.1], [0.8]]") + Const("b", "fp32", "3", "[0.05, 0.5, 0.2]") + Const("all", "bool", "", "true") + Const("after", "bool", "", resetAfter ? "true" : "false")
            + "tensor<fp32, [3, 1, 1]> y, tensor<fp32, [1, 1]> hn = gru(x = x, initial_h = h, weight_ih = w, weight_hh = r, bias = b, output_sequence = all, reset_after = after)[name = tensor<string, []>(\"y\")];",
            Floats([3, 1, 1], 1, -2, 3), Floats([1, 1], 0.7f));

        double h = 0.7;
        double[] expected = [.. new[] { 1.0, -2, 3 }.Select(x =>
        {
            double reset = Sigmoid(0.5 * x + 0.2 * h + 0.05), update = Sigmoid(0.9 * x + 0.8 * h + 0.2);
            double output = Math.Tanh(resetAfter ? -0.4 * x + reset * (0.1 * h + 0.5) : -0.4 * x + 0.1 * (reset * h) + 0.5);
            return h = (1 - update) * output + update * h;
        })];
        Assert.That(actual, Is.EqualTo(expected).Within(1e-5));
    }

    [Test]
    public void An_updated_state_is_given_back_and_kept_for_the_next_call()
    {
        using CompiledProgram program = new("ios18", [("x", "fp16", "2")], [("y", "fp16", "2")],
            """
            tensor<fp16, [2]> before = read_state(input = total)[name = tensor<string, []>("before")];
            tensor<fp16, [2]> sum = add(x = before, y = x)[name = tensor<string, []>("sum")];
            tensor<fp16, [2]> y = coreml_update_state(state = total, value = sum)[name = tensor<string, []>("y")];
            """, [("total", "fp16", "2")]);
        using ModelState state = program.Model.CreateState();

        double[] first = Answer(program, state), second = Answer(program, state);

        Assert.That((first, second), Is.EqualTo((new[] { 1.5, -2 }, new[] { 3.0, -4 })));

        static double[] Answer(CompiledProgram program, ModelState state)
        {
            using Features results = program.Model.Predict(new Features { ["x"] = Floats([2], 1.5f, -2) }, state);
            return TensorConversion.ReadDoubles(results["y"].AsTensor());
        }
    }

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));
}
