"""What one GraphQL request may ask for, as the settings say."""

from gql.run import Limits
from server.settings import Settings


def limits_of(settings: Settings) -> Limits:
    return Limits(
        depth_max=settings.graphql_depth_max,
        cost_max=settings.graphql_cost_max,
        fields_max=settings.graphql_fields_max,
        aliases_max=settings.graphql_aliases_max,
        tokens_max=settings.graphql_tokens_max,
        length_max=settings.graphql_length_max,
        directives_max=settings.graphql_directives_max,
        list_max=settings.graphql_list_max,
        root_fields_max=settings.graphql_root_fields_max,
        page_size_max=settings.page_size_max,
        documents_max=settings.document_cache_max,
        introspection=settings.introspection,
        webhook_reach=settings.webhook_reach(),
        # Suggestions tell of the schema what introspection is not to tell.
        suggestions=settings.graphql_suggestions and settings.introspection,
        bucket_max=settings.graphql_bucket_max,
        bucket_per_second=settings.graphql_bucket_per_second,
    )
