import Canon

/// The JSON Schema that every schema of rules must conform to.
enum GovernorSchema {
    static let schema: Schema = {
        do {
            return try Schema(try JSONValue(parsing: text))
        } catch {
            preconditionFailure("The schema of governor schemas is itself well formed: \(error)")
        }
    }()

    /// Each keyword, once; `unevaluatedProperties` refuses all others.
    private static let text = #"""
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "$id": "urn:charter:governor",
          "type": "object",
          "required": ["id", "version"],
          "$ref": "#/$defs/rules",
          "properties": {
            "$schema": {"type": "string"},
            "id": {"$ref": "#/$defs/text"},
            "version": {"$ref": "#/$defs/text"}
          },
          "unevaluatedProperties": false,
          "$defs": {
            "text": {"type": "string", "minLength": 1},
            "texts": {"type": "array", "items": {"$ref": "#/$defs/text"}},
            "schema": {"type": ["object", "boolean"]},
            "count": {"type": "integer", "minimum": 0},
            "nested": {
              "type": "object",
              "$ref": "#/$defs/rules",
              "unevaluatedProperties": false
            },
            "pattern": {
              "description": "a literal or a regular expression, with a reason",
              "type": "object",
              "properties": {
                "literal": {"$ref": "#/$defs/text"},
                "regex": {"$ref": "#/$defs/text"},
                "reason": {"$ref": "#/$defs/text"}
              },
              "oneOf": [{"required": ["literal"]}, {"required": ["regex"]}],
              "additionalProperties": false
            },
            "patterns": {
              "type": "array",
              "items": {
                "type": ["string", "object"],
                "minLength": 1,
                "if": {"type": "object"},
                "then": {"$ref": "#/$defs/pattern"}
              }
            },
            "rules": {
              "dependentRequired": {
                "forbidden_imports": ["import_syntax"],
                "exports": ["export_syntax"],
                "then": ["if"],
                "else": ["if"]
              },
              "properties": {
                "title": {"type": "string"},
                "description": {"type": "string"},
                "files": {
                  "type": "object",
                  "properties": {
                    "required": {"$ref": "#/$defs/texts"},
                    "forbidden": {"$ref": "#/$defs/texts"},
                    "allowed": {"$ref": "#/$defs/texts"},
                    "patterns": {
                      "type": "object",
                      "additionalProperties": {
                        "type": ["string", "object"],
                        "minLength": 1,
                        "properties": {"regex": {"$ref": "#/$defs/text"}},
                        "required": ["regex"],
                        "additionalProperties": false
                      }
                    }
                  },
                  "additionalProperties": false
                },
                "required_files": {"$ref": "#/$defs/texts"},
                "required_directories": {"$ref": "#/$defs/texts"},
                "content": {
                  "type": "object",
                  "additionalProperties": {
                    "type": "object",
                    "properties": {
                      "required_sections": {"$ref": "#/$defs/texts"},
                      "must_contain": {"$ref": "#/$defs/texts"},
                      "forbidden_patterns": {"$ref": "#/$defs/patterns"},
                      "json_schema": {"type": ["string", "object", "boolean"]}
                    },
                    "additionalProperties": false
                  }
                },
                "content_checks": {
                  "type": "object",
                  "additionalProperties": {
                    "type": ["string", "array"],
                    "minLength": 1,
                    "items": {"$ref": "#/$defs/text"}
                  }
                },
                "code_quality": {
                  "type": "object",
                  "properties": {
                    "forbidden_patterns": {"$ref": "#/$defs/patterns"},
                    "max_file_size_lines": {"$ref": "#/$defs/count"},
                    "applies_to": {"$ref": "#/$defs/texts", "minItems": 1}
                  },
                  "additionalProperties": false
                },
                "forbidden_imports": {"$ref": "#/$defs/texts"},
                "import_syntax": {
                  "type": "array",
                  "minItems": 1,
                  "items": {
                    "type": "object",
                    "properties": {
                      "files": {"$ref": "#/$defs/text"},
                      "patterns": {"$ref": "#/$defs/texts", "minItems": 1}
                    },
                    "required": ["files", "patterns"],
                    "additionalProperties": false
                  }
                },
                "counts": {
                  "type": "array",
                  "items": {
                    "type": "object",
                    "properties": {
                      "files": {"$ref": "#/$defs/text"},
                      "min": {"$ref": "#/$defs/count"},
                      "max": {"$ref": "#/$defs/count"}
                    },
                    "required": ["files"],
                    "anyOf": [{"required": ["min"]}, {"required": ["max"]}],
                    "additionalProperties": false
                  }
                },
                "exports": {
                  "type": "array",
                  "items": {
                    "type": "object",
                    "properties": {
                      "name": {"$ref": "#/$defs/text"},
                      "kind": {"$ref": "#/$defs/text"},
                      "in": {"$ref": "#/$defs/text"}
                    },
                    "required": ["name", "kind", "in"],
                    "additionalProperties": false
                  }
                },
                "export_syntax": {
                  "type": "array",
                  "minItems": 1,
                  "items": {
                    "type": "object",
                    "properties": {
                      "files": {"$ref": "#/$defs/text"},
                      "kind": {"$ref": "#/$defs/text"},
                      "pattern": {"type": "string", "pattern": "\\{name\\}"}
                    },
                    "required": ["files", "kind", "pattern"],
                    "additionalProperties": false
                  }
                },
                "authorizes": {
                  "type": "array",
                  "items": {
                    "type": "object",
                    "properties": {
                      "pattern": {"$ref": "#/$defs/text"},
                      "purpose": {"$ref": "#/$defs/text"}
                    },
                    "required": ["pattern", "purpose"],
                    "additionalProperties": false
                  }
                },
                "requires": {
                  "type": ["object", "array"],
                  "properties": {
                    "must_have": {"$ref": "#/$defs/texts"},
                    "must_log": {"$ref": "#/$defs/texts"},
                    "entities": {"$ref": "#/$defs/entities"}
                  },
                  "additionalProperties": false,
                  "if": {"type": "array"},
                  "then": {"$ref": "#/$defs/entities"}
                },
                "metadata": {"$ref": "#/$defs/schema"},
                "enum": {
                  "type": "object",
                  "additionalProperties": {"type": "array", "minItems": 1}
                },
                "if": {"$ref": "#/$defs/schema"},
                "then": {"$ref": "#/$defs/nested"},
                "else": {"$ref": "#/$defs/nested"},
                "allOf": {"type": "array", "items": {"$ref": "#/$defs/nested"}}
              }
            },
            "entities": {
              "type": "array",
              "items": {
                "type": "object",
                "properties": {
                  "entity_type": {"$ref": "#/$defs/text"},
                  "must_include": {"$ref": "#/$defs/texts"}
                },
                "required": ["entity_type", "must_include"],
                "additionalProperties": false
              }
            }
          }
        }
        """#
}
