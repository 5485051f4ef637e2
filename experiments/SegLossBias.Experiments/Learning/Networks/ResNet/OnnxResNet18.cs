using Onnx;
using static TorchSharp.torch;

namespace SegLossBias.Experiments.Learning;

/// <summary>Reads the ResNet-18 of the package Microsoft.ML.DnnImageFeaturizer.ResNet18, by torchvision's names.</summary>
/// <remarks>
/// Its parameters have names without meaning, so the graph is walked: every <c>Add</c> ends a residual block. It has a third
/// block of 512 channels, the ninth of all, which is left out. It wants blue, green, red of 0 to 255 less a mean, and ours
/// red, green, blue less <see cref="InputNormalisation.Mean"/>, over <see cref="InputNormalisation.Deviation"/>: the first
/// convolution is turned and scaled, so that both give the same numbers for the same picture.
/// </remarks>
internal static class OnnxResNet18
{
    private const int Blocks = 8;
    private const int BlocksPerStage = 2;

    /// <summary>What a batch normalisation takes behind its input, in this order.</summary>
    private static readonly string[] BatchNormParts = ["weight", "bias", "running_mean", "running_var"];

    /// <returns>They belong to the current dispose scope.</returns>
    /// <exception cref="InvalidDataException">It is another network.</exception>
    public static IReadOnlyDictionary<string, Tensor> Read(string path)
    {
        var graph = new Graph(Parse(path).Graph);
        var weights = new Dictionary<string, Tensor>();
        void Add(NodeProto convolution, string name, string normalisation)
        {
            weights.Add($"{name}.weight", graph.Value(convolution.Input[1]));
            var batchNorm = graph.After(convolution, "BatchNormalization");
            foreach (var (index, part) in BatchNormParts.Index())
            {
                weights.Add($"{normalisation}.{part}", graph.Value(batchNorm.Input[index + 1]));
            }
        }

        Add(graph.First("Conv"), "conv1", "bn1");
        foreach (var (index, sum) in graph.All("Add").Take(Blocks).Index())
        {
            var block = FormattableString.Invariant($"layer{(index / BlocksPerStage) + 1}.{index % BlocksPerStage}");
            var second = graph.Before(graph.Before(sum, 0, "BatchNormalization"), 0, "Conv");
            var first = graph.Before(graph.Before(graph.Before(second, 0, "Relu"), 0, "BatchNormalization"), 0, "Conv");
            Add(first, $"{block}.conv1", $"{block}.bn1");
            Add(second, $"{block}.conv2", $"{block}.bn2");
            if (graph.Before(sum, 1) is { OpType: "BatchNormalization" } shortcut)
            {
                Add(graph.Before(shortcut, 0, "Conv"), $"{block}.downsample.0", $"{block}.downsample.1");
            }
        }

        weights["conv1.weight"] = weights["conv1.weight"].flip(1) * tensor(InputNormalisation.Deviation, [1, 3, 1, 1]).mul(KeptScalars.FullRange);
        return weights;
    }

    /// <summary>Reads a file that others may read at the same time, which <c>ModelProto.Parser.ParseFromFile</c> does not allow.</summary>
    public static ModelProto Parse(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        try
        {
            return ModelProto.Parser.ParseFrom(stream);
        }
        catch (Google.Protobuf.InvalidProtocolBufferException damaged)
        {
            throw new InvalidDataException(damaged.Message);
        }
    }

    /// <summary>Nodes and values of a network by what they are connected to.</summary>
    private sealed class Graph(GraphProto graph)
    {
        private readonly Dictionary<string, NodeProto> _makers = graph.Node.ToDictionary(node => node.Output[0]);
        private readonly ILookup<string, NodeProto> _users = graph.Node.ToLookup(node => node.Input[0]);
        private readonly Dictionary<string, TensorProto> _values = graph.Initializer.ToDictionary(value => value.Name);

        public IEnumerable<NodeProto> All(string type) => graph.Node.Where(node => node.OpType == type);

        public NodeProto First(string type) => Of(All(type).FirstOrDefault(), type);

        /// <summary>The node that makes an input of another.</summary>
        public NodeProto? Before(NodeProto node, int input) => _makers.GetValueOrDefault(node.Input[input]);

        public NodeProto Before(NodeProto node, int input, string type) => Of(Before(node, input), type);

        public NodeProto After(NodeProto node, string type) => Of(_users[node.Output[0]].FirstOrDefault(), type);

        public Tensor Value(string name) => _values.TryGetValue(name, out var value)
            ? tensor(value.FloatData.ToArray(), [.. value.Dims])
            : throw new InvalidDataException($"it has no value {name}");

        private static NodeProto Of(NodeProto? node, string type) => node?.OpType == type ? node
            : throw new InvalidDataException($"it is not the ResNet-18 of Microsoft.ML.DnnImageFeaturizer.ResNet18: {node?.OpType ?? "nothing"} where {type} should be");
    }
}
