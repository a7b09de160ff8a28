using TensorLogic.Cpu;
using TensorLogic.Graphs;
using TensorLogic.Operators;

namespace TensorLogic.Core.Tests.Cpu;

public class CpuExecutableTests
{
    private static readonly TensorType Vector = new(ElementType.Float32, [Dimension.Named("n")]);

    private CpuBackend _backend = null!;

    [SetUp]
    public void MakeBackend() => _backend = new CpuBackend(2);

    [TearDown]
    public void DisposeBackend() => _backend.Dispose();

    private static Graph Affine()
    {
        GraphBuilder g = new("affine");
        Value x = g.Input("x", Vector);
        Value twice = g.Add("twice", Op.Mul, x, g.Constant("two", Tensor.Scalar(2f)));
        return g.Build(g.Add("y", Op.Add, twice, g.Constant("one", Tensor.Scalar(1f))));
    }

    [Test]
    public void A_graph_gives_what_its_operators_say()
    {
        using IExecutable run = _backend.Compile(Affine(), new());
        using Tensor x = Tensor.FromSpan<float>([1, 2, 3], [3]);
        Tensor?[] y = [null];

        run.Run([x], y);

        Assert.That(y[0]!.As<float>().ToArray(), Is.EqualTo([3f, 5, 7]));
    }

    [Test]
    public void A_given_output_receives_the_result()
    {
        using IExecutable run = _backend.Compile(Affine(), new());
        using Tensor x = Tensor.FromSpan<float>([1, 2], [2]);
        using Tensor<float> y = Tensor<float>.Create([2]);
        Tensor?[] outputs = [y];

        run.Run([x], outputs);

        Assert.That(outputs[0], Is.SameAs(y));
        Assert.That(y.ToArray(), Is.EqualTo([3f, 5]));
    }

    [Test]
    public void Each_input_shape_gets_its_plan_and_the_oldest_goes()
    {
        using IExecutable run = _backend.Compile(Affine(), new() { PlanCacheSize = 2 });
        foreach (int size in (int[])[1, 2, 3, 1])
        {
            using Tensor x = Tensor.Create(ElementType.Float32, [size]);
            Tensor?[] y = [null];
            run.Run([x], y);
            Assert.That(y[0]!.Shape, Is.EqualTo(x.Shape));
        }

        Assert.That(run.PlanText, Does.Contain("%y: f32[1] = add"));
    }

    [Test]
    public void An_input_of_another_element_type_is_refused_by_name()
    {
        using IExecutable run = _backend.Compile(Affine(), new());
        using Tensor x = Tensor.Create(ElementType.Int32, [3]);
        Tensor?[] y = [null];

        Assert.That(() => run.Run([x], y), Throws.TypeOf<ShapeException>().With.Property(nameof(ShapeException.Input)).EqualTo("x"));
    }

    [Test]
    public void An_output_of_another_shape_is_refused_by_name()
    {
        using IExecutable run = _backend.Compile(Affine(), new());
        using Tensor x = Tensor.Create(ElementType.Float32, [3]);
        using Tensor y = Tensor.Create(ElementType.Float32, [4]);
        Tensor?[] outputs = [y];

        Assert.That(() => run.Run([x], outputs), Throws.TypeOf<ShapeException>().With.Property(nameof(ShapeException.Input)).EqualTo("y"));
    }

    [Test]
    public void Shapes_that_do_not_fit_inside_the_graph_name_the_operator()
    {
        GraphBuilder g = new("main");
        Value sum = g.Add("sum", Op.Add, g.Input("a", Vector), g.Input("b", new TensorType(ElementType.Float32, [Dimension.Named("m")])));
        using IExecutable run = _backend.Compile(g.Build(sum), new());
        using Tensor a = Tensor.Create(ElementType.Float32, [3]), b = Tensor.Create(ElementType.Float32, [4]);
        Tensor?[] outputs = [null];

        Assert.That(() => run.Run([a, b], outputs), Throws.TypeOf<ShapeException>().With.Property(nameof(ShapeException.Operator)).EqualTo("add"));
    }

    // 1 + 2^-12 is lost in binary16, so that only a value kept wider lets the difference come through.
    [TestCase(Rounding.AtStores, 0.000244140625f)]
    [TestCase(Rounding.EveryValue, 0f)]
    public void Sixteen_bit_values_round_between_nodes_only_on_request(Rounding rounding, float expected)
    {
        GraphBuilder g = new("main");
        Value x = g.Input("x", new TensorType(ElementType.Float16, Shape.Scalar));
        Value sum = g.Add("sum", Op.Add, x, g.Constant("small", Tensor.Scalar((Half)0.000244140625f)));
        Value y = g.Add("y", Op.Sub, sum, g.Constant("one", Tensor.Scalar((Half)1)));
        using IExecutable run = _backend.Compile(g.Build(y), new() { Rounding = rounding });
        using Tensor one = Tensor.Scalar((Half)1);
        Tensor?[] outputs = [null];

        run.Run([one], outputs);

        Assert.That(outputs[0]!.As<Half>()[[]], Is.EqualTo((Half)expected));
    }

    [Test]
    public void A_cast_to_sixteen_bits_rounds()
    {
        GraphBuilder g = new("main");
        Value x = g.Input("x", new TensorType(ElementType.Float32, Shape.Scalar));
        Value half = g.Add("half", Op.Cast, new Op.CastAttributes(ElementType.Float16), x);
        Value y = g.Add("y", Op.Cast, new Op.CastAttributes(ElementType.Float32), half);
        using IExecutable run = _backend.Compile(g.Build(y), new());
        using Tensor third = Tensor.Scalar(1f / 3);
        Tensor?[] outputs = [null];

        run.Run([third], outputs);

        Assert.That(outputs[0]!.As<float>()[[]], Is.EqualTo((float)(Half)(1f / 3)));
    }

    [Test]
    public void A_state_survives_from_run_to_run()
    {
        GraphBuilder g = new("counter");
        TensorType scalar = new(ElementType.Float16, Shape.Scalar);
        Value state = g.State("count", scalar);
        Value next = g.Add("next", Op.Add, g.Add("read", Op.ReadState, state), g.Input("step", scalar));
        g.AddNode("write", Op.WriteState, NoAttributes.Value, [state, next], []);
        using IExecutable run = _backend.Compile(g.Build(next), new());
        using ModelState count = new([KeyValuePair.Create("count", (Tensor)Tensor.Scalar((Half)0))]);
        using Tensor step = Tensor.Scalar((Half)2);
        Tensor?[] outputs = [null];

        run.Run([step], outputs, count);
        run.Run([step], outputs, count);

        Assert.That(count["count"].As<Half>()[[]], Is.EqualTo((Half)4));
    }

    [Test]
    public void A_graph_with_states_asks_for_them()
    {
        GraphBuilder g = new("counter");
        Value state = g.State("count", new TensorType(ElementType.Float16, Shape.Scalar));
        using IExecutable run = _backend.Compile(g.Build(g.Add("read", Op.ReadState, state)), new());
        Tensor?[] outputs = [null];

        Assert.That(() => run.Run([], outputs), Throws.TypeOf<FeatureException>().With.Property(nameof(FeatureException.Feature)).EqualTo("count"));
    }

    [Test]
    public void A_cancelled_run_stops()
    {
        using IExecutable run = _backend.Compile(Affine(), new());
        using Tensor x = Tensor.Create(ElementType.Float32, [3]);
        Tensor?[] outputs = [null];

        Assert.That(() => run.Run([x], outputs, cancellation: new CancellationToken(true)), Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public void Runs_from_several_threads_do_not_disturb_each_other()
    {
        using IExecutable run = _backend.Compile(Affine(), new());

        Parallel.For(0, 64, i =>
        {
            using Tensor x = Tensor.FromSpan<float>([i, i + 0.5f], [2]);
            Tensor?[] outputs = [null];
            run.Run([x], outputs);
            Assert.That(outputs[0]!.As<float>().ToArray(), Is.EqualTo([2f * i + 1, 2f * i + 2]));
        });
    }

    [Test]
    public void Sizes_that_are_computed_from_shapes_are_known_to_the_plan()
    {
        GraphBuilder g = new("main");
        Value x = g.Input("x", new TensorType(ElementType.Float32, [Dimension.Named("n"), 2]));
        Value y = g.Add("y", Op.Reshape, x, g.Add("size", Op.ReduceProd, new Op.ReduceAttributes([], true), g.Add("shape", Op.ShapeOf, x)));
        using IExecutable run = _backend.Compile(g.Build(y), new());
        using Tensor input = Tensor.Create(ElementType.Float32, [3, 2]);
        Tensor?[] outputs = [null];

        run.Run([input], outputs);

        Assert.That(outputs[0]!.Shape, Is.EqualTo(Shape.Create(6)));
        Assert.That(run.PlanText, Does.Contain("%y: f32[6] = reshape"));
    }

    [Test]
    public void Disposing_twice_is_harmless_and_running_afterwards_is_an_error()
    {
        IExecutable run = _backend.Compile(Affine(), new());
        run.Dispose();
        run.Dispose();
        using Tensor x = Tensor.Create(ElementType.Float32, [3]);
        Tensor?[] outputs = [null];

        Assert.That(() => run.Run([x], outputs), Throws.TypeOf<ObjectDisposedException>());
    }

    [TestCase(false)]
    [TestCase(true)]
    public void Shapes_that_arise_in_the_run_are_checked(bool fused)
    {
        GraphBuilder g = new("g");
        Value x = g.Input("x", new TensorType(ElementType.Float32, [12])), sizes = g.Input("sizes", new TensorType(ElementType.Int32, [2]));
        Value shaped = g.Add("shaped", Op.Reshape, x, sizes);
        using Tensor weight = Tensor.FromArray(new float[4 * 3], [4, 3]), slopes = Tensor.FromArray(new float[3], [3]);
        Value y = fused ? g.Add("y", Op.Relu, g.Add("linear", Op.Linear, shaped, g.Constant("weight", weight))) : g.Add("y", Op.Prelu, shaped, g.Constant("slopes", slopes));
        using IExecutable run = _backend.Compile(g.Build(y), new());
        using Tensor data = Tensor.FromArray(new float[12], [12]), fits = Tensor.FromArray([4, 3], [2]), misfits = Tensor.FromArray([2, 6], [2]);
        Tensor?[] outputs = [null];

        Assert.That(() => run.Run([data, misfits], outputs), Throws.TypeOf<ShapeException>());
        Assert.That(() => run.Run([data, fits], outputs), Throws.Nothing);
    }
}
