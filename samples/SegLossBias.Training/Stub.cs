#pragma warning disable
using TorchSharp; using static TorchSharp.torch;
namespace SegLossBias.Training;
static class ExperimentReport { public static IReadOnlyList<string> Write(ExperimentResults r, string f) => []; }
static class ExperimentFigures { public static IReadOnlyList<string> Draw(ExperimentResults r, string f) => []; }
static class Planner { public static IReadOnlyList<string> Write(ExperimentSettings s, string f, string c) => []; }
record CollectOutcome(ExperimentResults Results);
static class Collector { public static CollectOutcome Collect(IReadOnlyList<string> d, string f) => null; }
static class VolumeData { public static CaseSplits Load(ExperimentSettings s, ICollection<string> l) => null; }
class PatchBatches(IReadOnlyList<Case> c, ExperimentSettings s, int seed, Device d, long? i) : ITrainingBatches { public int PerEpoch => 1; public (Tensor Images, Tensor Targets) Batch(int a, int b) => default; }
class VolumePredictor(IReadOnlyList<long> p, Device d) : IPredictor { public IEnumerable<Tensor> Logits(nn.Module<Tensor, Tensor> n, IReadOnlyList<Case> c) => null; }
static class SettingsDifference { public static string? First(ExperimentSettings a, ExperimentSettings b) => null; }
