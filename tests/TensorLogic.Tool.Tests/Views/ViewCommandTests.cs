using System.Globalization;
using System.Text;

namespace TensorLogic.Tests.Tool.Views;

/// <summary><c>tl view</c>, in a browser.</summary>
public sealed class ViewCommandTests
{
    private const int Nodes = 2000;
    private const double LongestFrame = 33;

    [Test]
    public void A_page_needs_nothing_from_elsewhere_and_holds_names_as_text()
    {
        using TemporaryFolder folder = new();
        string model = WriteProgram(folder), page = folder.Path("page.html");

        Outcome outcome = Tl.Run("view", model, "--output", page);

        string text = File.ReadAllText(page);
        Assert.That((outcome.ExitCode, outcome.Output), Is.EqualTo((0, $"{page}: {Nodes} nodes\n")), outcome.Error);
        Assert.That(text, Does.Contain("default-src 'none'").And.Not.Contain("http:").And.Not.Contain("https:"));
        Assert.That(text, Does.Contain("\\u003c"));
        Assert.That(text.Split("</script>"), Has.Length.EqualTo(3));
    }

    [Test]
    public void A_model_without_operations_has_nothing_to_draw()
    {
        Outcome outcome = Tl.Run("view", TestData.Path("digits", "digits.safetensors"));

        Assert.That((outcome.ExitCode, outcome.Error.Contains("no graph", StringComparison.Ordinal)), Is.EqualTo((1, true)), outcome.Error);
    }

    [Test]
    public async Task A_page_zooms_searches_shows_what_is_clicked_and_stays_fluid()
    {
        if (Browser.Executable is null) Assert.Ignore("No browser: install chromium to check the page.");
        using TemporaryFolder folder = new();
        string page = folder.Path("page.html");
        Assert.That(Tl.Run("view", WriteProgram(folder), "--output", page).ExitCode, Is.Zero);
        await using Browser browser = await Browser.Open(page);

        double before = await Number("view.scale");
        await browser.Wheel(500, 400, -200);
        Assert.That(await Number("view.scale"), Is.GreaterThan(before * 1.2));

        await browser.Evaluate("$('search').focus()");
        await browser.Type("max_pool");
        Assert.That(await browser.Evaluate("$('found').textContent"), Is.EqualTo("1 found"));
        await browser.Evaluate("$('search').dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter' }))");
        Assert.That(await browser.Evaluate("graph.nodes[selected].kind"), Is.EqualTo("max_pool"));

        await browser.Evaluate("select(null)");
        await browser.Click(await Number("graph.nodes[[...matches][0]].x * view.scale + view.x"), await Number("(graph.nodes[[...matches][0]].y + height / 2) * view.scale + view.y"));
        string details = await browser.Evaluate("$('details').innerText");
        Assert.That(details, Does.Contain("kernel_sizes = [2, 2]").And.Contain("f32[1, 2, 4, 4]").And.Contain("f32[1, 2, 2, 2]"));

        double frame = await Number("(() => { fit(true); const start = performance.now(); for (let i = 0; i < 60; i++) { view.x += 3; draw(); } return (performance.now() - start) / 60; })()");
        Assert.That(frame, Is.LessThan(LongestFrame), "milliseconds for a frame of all nodes");

        async Task<double> Number(string expression) => double.Parse(await browser.Evaluate(expression), CultureInfo.InvariantCulture);
    }

    /// <summary>A program of many elementwise operations and one pool, with a name that would end a script.</summary>
    private static string WriteProgram(TemporaryFolder folder)
    {
        string model = folder.Path("net.mlmodelc");
        Directory.CreateDirectory(model);
        StringBuilder text = new();
        text.AppendLine("program(1.0)").AppendLine("{").AppendLine("func main<ios16>(tensor<fp32, [1, 2, 4, 4]> x) {");
        text.AppendLine("""tensor<int32, [2]> size = const()[name = tensor<string, []>("size"), val = tensor<int32, [2]>([2, 2])]; tensor<string, []> pad = const()[name = tensor<string, []>("pad"), val = tensor<string, []>("valid")];""");
        string last = "x";
        for (int i = 0; i < Nodes - 1; i++)
        {
            string operation = i % 3 == 2 ? $"add(x = {last}, y = v{i - 2})" : $"relu(x = {last})";
            text.Append(CultureInfo.InvariantCulture, $"tensor<fp32, [1, 2, 4, 4]> v{i} = {operation}[name = tensor<string, []>(\"v{i}\")];\n");
            last = $"v{i}";
        }
        text.Append(CultureInfo.InvariantCulture, $"tensor<fp32, [1, 2, 2, 2]> y = max_pool(x = {last}, kernel_sizes = size, strides = size, pad_type = pad)[name = tensor<string, []>(\"y\")];\n");
        text.AppendLine("} -> (y);").AppendLine("}");
        File.WriteAllText(Path.Combine(model, "model.mil"), text.ToString());
        File.WriteAllText(Path.Combine(model, "metadata.json"), """
            [ { "specificationVersion": 7, "modelType": { "name": "MLModelType_mlProgram" },
                "inputSchema": [ { "type": "MultiArray", "name": "x", "dataType": "Float32", "shape": "[1, 2, 4, 4]", "isOptional": "0" } ],
                "outputSchema": [ { "type": "MultiArray", "name": "y", "dataType": "Float32", "shape": "[1, 2, 2, 2]", "isOptional": "0" } ] } ]
            """);
        string named = folder.Path("</script>alert.mlmodelc".Replace("/", "\u2215", StringComparison.Ordinal));
        Directory.Move(model, named);
        return named;
    }
}
