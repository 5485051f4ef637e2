using System.Text.Json.Nodes;

namespace SegLossBias.Tests.Goldens;

/// <summary>A folder of golden files of the same schema with other inputs, as a stranger might hand one in.</summary>
internal sealed class GeneratedGoldens : IDisposable
{
    private static readonly Lazy<Dictionary<string, string>> Files = new(() => new()
    {
        ["paper_forms.json"] = GeneratedPaper.Create().ToJsonString(),
        ["seglossbias.json"] = GeneratedReference.Create().ToJsonString(),
        ["metrics.json"] = Metrics().ToJsonString(),
    });

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("SegLossBias.");

    /// <param name="edit">What is to be missing or wrong in the files, by name; none of the 3D reference.</param>
    internal GeneratedGoldens(Action<Dictionary<string, JsonObject>>? edit = null)
    {
        var files = Files.Value.ToDictionary(file => file.Key, file => JsonNode.Parse(file.Value)!.AsObject());
        edit?.Invoke(files);
        foreach (var (name, content) in files)
        {
            File.WriteAllText(Path.Combine(_folder.FullName, name), content.ToJsonString());
        }
    }

    private string Folder => _folder.FullName;

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>What the golden tests make of the folder: the rows compared, why rows were skipped, the rows that failed.</summary>
    /// <param name="file">The one file whose tests are run; null for all.</param>
    internal (List<GoldenRow> Compared, List<string> Skipped, List<GoldenRow> Failed) Run(string? file = null)
    {
        var (compared, skipped, failed) = (new List<GoldenRow>(), new List<string>(), new List<GoldenRow>());
        (IEnumerable<GoldenRow> Rows, Action<GoldenRow, string?> Check)[] tests =
            [(PaperGoldens.Rows(Folder), PaperGoldens.Check), (ReferenceGoldens.Rows(Folder), ReferenceGoldens.Check), (MetricGoldens.Rows(Folder), MetricGoldens.Check)];
        foreach (var (row, check) in tests.SelectMany(test => test.Rows.Where(row => file is null || row.File == file).Select(row => (row, test.Check))))
        {
            try
            {
                check(row, Folder);
                compared.Add(row);
            }
            catch (SkipException exception)
            {
                skipped.Add(exception.Message);
            }
            catch (Xunit.Sdk.XunitException)
            {
                failed.Add(row);
            }
        }

        return (compared, skipped, failed);
    }

    internal static JsonObject Inputs(Dictionary<string, Scene> scenes) => new(scenes.Select(scene => KeyValuePair.Create<string, JsonNode?>(scene.Key, new JsonObject
    {
        ["mode"] = $"{scene.Value.Mode}",
        ["shape"] = Array(scene.Value.Shape),
        ["label_shape"] = Array(scene.Value.LabelShape),
        ["logits"] = Array(scene.Value.Logits),
        ["labels"] = Array(scene.Value.Labels),
    })));

    internal static JsonArray Array<T>(T[] numbers) => new([.. numbers.Select(number => JsonValue.Create(number))]);

    /// <summary>Two pixels of three overlap: Dice 2·2/(3+3), IoU 2/4. Surfaces are missing.</summary>
    private static JsonObject Metrics() => new()
    {
        ["cases"] = new JsonArray(new JsonObject
        {
            ["name"] = "row",
            ["shape"] = Array((int[])[1, 5]),
            ["gt"] = Array((int[])[1, 1, 1, 0, 0]),
            ["pred"] = Array((int[])[0, 1, 1, 1, 0]),
            ["dsc"] = 2.0 / 3,
            ["iou"] = 0.5,
        }),
    };
}
