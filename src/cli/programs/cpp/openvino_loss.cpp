// The loss and its gradient in C++, by OpenVINO, whose Python package holds what C++ needs of it.
//
//     yolo-loss export --config my.json --form static --batch 8 --input 416x416 --gradients -o loss.onnx
//     pip install openvino && openvino=$(python -c 'import openvino; print(*openvino.__path__)')
//     g++ -std=c++17 openvino_loss.cpp -I$openvino/include $openvino/libs/libopenvino.so.* -Wl,-rpath,$openvino/libs -o openvino_loss
//     unzip batch.npz -d batch && ./openvino_loss loss.onnx batch
//
// batch holds the inputs of loss.onnx as .npy files of their names, float32. The program prints the loss, and the norm of its
// gradient by the logits of each scale, which it writes beside them: grad_y_pred_0.npy …
#include <cmath>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <iterator>
#include <regex>
#include <stdexcept>
#include <string>

#include <openvino/openvino.hpp>

namespace {

// A file of numpy.save, of float32.
ov::Tensor read(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    if (bytes.compare(0, 6, "\x93NUMPY") != 0) throw std::runtime_error(path + " is no file of numpy.save");
    const size_t begin = 10 + static_cast<uint8_t>(bytes[8]) + 256 * static_cast<uint8_t>(bytes[9]);
    const std::string head = bytes.substr(10, begin - 10);
    if (head.find("'<f4'") == std::string::npos || head.find("'fortran_order': False") == std::string::npos)
        throw std::runtime_error(path + " is not of float32, row by row: " + head);
    const size_t open = head.find('(');
    const std::string sizes = head.substr(open, head.find(')') - open);
    const std::regex number("[0-9]+");
    ov::Shape shape;
    for (std::sregex_iterator at(sizes.begin(), sizes.end(), number), end; at != end; ++at) shape.push_back(std::stoul(at->str()));
    ov::Tensor tensor(ov::element::f32, shape);
    if (bytes.size() - begin != tensor.get_byte_size()) throw std::runtime_error(path + " is cut short");
    bytes.copy(reinterpret_cast<char*>(tensor.data()), tensor.get_byte_size(), begin);
    return tensor;
}

void write(const std::string& path, const ov::Tensor& tensor) {
    std::string head = "{'descr': '<f4', 'fortran_order': False, 'shape': (";
    for (const size_t size : tensor.get_shape()) head += std::to_string(size) + ", ";
    head += "), }";
    head += std::string(63 - (10 + head.size()) % 64, ' ') + "\n";
    std::ofstream file(path, std::ios::binary);
    file << "\x93NUMPY" << '\1' << '\0' << static_cast<char>(head.size() & 255) << static_cast<char>(head.size() >> 8) << head;
    file.write(reinterpret_cast<const char*>(tensor.data()), static_cast<std::streamsize>(tensor.get_byte_size()));
    if (!file) throw std::runtime_error(path + " cannot be written");
}

double norm(const ov::Tensor& tensor) {
    double sum = 0;
    const float* values = tensor.data<float>();
    for (size_t i = 0; i < tensor.get_size(); i++) sum += static_cast<double>(values[i]) * values[i];
    return std::sqrt(sum);
}

}  // namespace

int main(int count, char** words) try {
    if (count != 3) throw std::runtime_error("usage: openvino_loss loss.onnx FOLDER");
    const std::string folder = std::string(words[2]) + "/";
    ov::Core core;
    // Without the hint it may compute in bfloat16.
    ov::CompiledModel model = core.compile_model(std::string(words[1]), "CPU", ov::hint::inference_precision(ov::element::f32));
    ov::InferRequest request = model.create_infer_request();
    for (const auto& input : model.inputs()) request.set_tensor(input, read(folder + input.get_any_name() + ".npy"));
    request.infer();
    std::cout.precision(9);
    std::cout << "loss " << *request.get_tensor("loss").data<float>() << "\n";
    for (const auto& output : model.outputs()) {
        const std::string name = output.get_any_name();
        if (name.compare(0, 5, "grad_") != 0) continue;
        const ov::Tensor gradient = request.get_tensor(output);
        std::cout << name << " " << norm(gradient) << "\n";
        write(folder + name + ".npy", gradient);
    }
    return 0;
} catch (const std::exception& error) {
    std::cerr << error.what() << "\n";
    return 1;
}
