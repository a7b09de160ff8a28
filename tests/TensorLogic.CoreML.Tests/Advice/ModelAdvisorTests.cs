using TensorLogic.CoreML.Advice;
using TensorLogic.CoreML.Specification;

namespace TensorLogic.Tests.CoreML.Advice;

public sealed class ModelAdvisorTests
{
    private static string[] RulesOf(string file)
    {
        using TensorLogicRuntime runtime = TensorLogicRuntime.CreateBuilder().AddCoreML().Build();
        using IModel model = runtime.LoadModel(TestData.Path("digits", file));
        return [.. model.Advise().Select(finding => finding.Rule).Distinct()];
    }

    [TestCase("digits-neuralnetwork.mlmodel", "model-kind")]
    [TestCase("digits-f32.mlpackage", "element-type")]
    [TestCase("digits-f32.mlpackage", "interface-type")]
    [TestCase("digits-flexible.mlpackage", "flexible-size")]
    public void A_model_that_does_not_follow_a_rule_is_told(string file, string rule) => Assert.That(RulesOf(file), Has.Member(rule));

    [TestCase("digits-tensor.mlpackage")]
    [TestCase("digits.mlpackage")]
    public void A_model_that_follows_the_rules_has_no_findings(string file) => Assert.That(RulesOf(file), Is.Empty);

    [TestCase("digits-neuralnetwork.mlmodel", ExpectedResult = "model-kind")]
    [TestCase("digits-flexible.mlpackage", ExpectedResult = "flexible-size")]
    [TestCase("digits-f32.mlpackage", ExpectedResult = "element-type interface-type")]
    public string A_model_is_told_nothing_else(string file) => string.Join(' ', RulesOf(file));

    [TestCase("lstm", ExpectedResult = "operation")]
    [TestCase("while_loop", ExpectedResult = "operation")]
    [TestCase("conv", ExpectedResult = "")]
    [TestCase("layer_norm", ExpectedResult = "")]
    public string Operations_that_leave_the_engine_are_named(string operation) => Rules(Program(Input(1, 3), (operation, [1, 3])));

    [TestCase(1, ExpectedResult = "")]
    [TestCase(4, ExpectedResult = "batch")]
    public string A_batch_of_more_than_one_is_named(int batch) => Rules(Program(Input(batch, 3, 8, 8), ("relu", [batch, 3, 8, 8])));

    [TestCase(5, ExpectedResult = "")]
    [TestCase(6, ExpectedResult = "rank")]
    public string More_than_five_axes_are_named(int rank) => Rules(Program(Input(1, 8), ("reshape", [.. Enumerable.Repeat(1, rank)])));

    [TestCase(16384, ExpectedResult = "")]
    [TestCase(16385, ExpectedResult = "size")]
    public string An_axis_beyond_the_limit_is_named(int size) => Rules(Program(Input(1, 8), ("linear", [1, size])));

    [Test]
    public void Operations_of_inner_blocks_are_looked_at()
    {
        MilOperation loop = Operation("while_loop", [1, 3]) with { Blocks = [Block([Operation("gru", [1, 3])])] };

        Finding[] findings = [.. ModelAdvisor.Advise(Program(Input(1, 3), loop), Function(Input(1, 3)))];

        Assert.That(findings.Select(finding => finding.Place), Is.EquivalentTo(new[] { "while_loop 'while_loop'", "gru 'gru'" }));
    }

    [Test]
    public void A_finding_says_where_and_what_to_change_in_coremltools()
    {
        using TensorLogicRuntime runtime = TensorLogicRuntime.CreateBuilder().AddCoreML().Build();
        using IModel model = runtime.LoadModel(TestData.Path("digits", "digits-flexible.mlpackage"));

        Finding finding = model.Advise().Single();

        Assert.That(finding.Place, Is.EqualTo("input 'x'"));
        Assert.That(finding.Reason, Does.Contain("1 to 64"));
        Assert.That(finding.Remedy, Does.Contain("ct.EnumeratedShapes"));
    }

    private static string Rules(ModelSpecification specification) =>
        string.Join(' ', ModelAdvisor.Advise(specification, specification.Description.Functions[0]).Select(finding => finding.Rule));

    private static FeatureDescription Input(params int[] sizes) => new() { Name = "x", Type = new TensorFeatureType(new(ElementType.Float16, Shape.Create(sizes))) };

    private static FunctionDescription Function(FeatureDescription input) => new() { Name = "main", Inputs = [input] };

    private static ModelSpecification Program(FeatureDescription input, params (string Type, int[] Sizes)[] operations) =>
        Program(input, [.. operations.Select(operation => Operation(operation.Type, operation.Sizes))]);

    private static ModelSpecification Program(FeatureDescription input, params MilOperation[] operations) => new()
    {
        File = "model.mlmodel",
        SpecificationVersion = 7,
        Kind = ModelKind.MlProgram,
        Description = new() { Functions = [Function(input)], DefaultFunction = "main" },
        Program = new(new Dictionary<string, MilFunction> { ["main"] = new("main", "CoreML6", [], Block(operations), new Dictionary<string, MilValue>()) }, new Dictionary<string, MilValue>()),
    };

    private static MilBlock Block(IReadOnlyList<MilOperation> operations) => new([], [], operations, new Dictionary<string, MilValue>());

    private static MilOperation Operation(string type, int[] sizes) => new()
    {
        Type = type,
        Inputs = new Dictionary<string, IReadOnlyList<MilBinding>>(),
        Outputs = [new(type, new MilTensorType(ElementType.Float16, [.. sizes.Select(size => (Dimension)size)]))],
        File = "model.mlmodel",
        Location = "main",
    };
}
